package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** That no listener harms another, and when a watch is silent. */
abstract class ListenerPromises extends Promises {

    ListenerPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aBlockedListenerDelaysNeitherOtherListenersNorCommits() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        store.watch(directory, WatchOptions.ALL, event -> {
            blocked.countDown();
            awaitLatch(release);
        });
        try {
            assertThat(blocked.await(Patience.deadline().toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS))
                    .isTrue();
            WatchRecorder other = watch().awaitListed();
            Session session = session();
            apply(in().as(session).putOwned("a", text("1")));
            other.awaitNames("a");
            session.close();
            other.awaitNames();
            assertThat(session.state()).isEqualTo(Session.State.CLOSED);
        } finally {
            release.countDown();
        }
    }

    @Test
    void manyBlockedListenersDoNotDelayOthersEither() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger blocked = new AtomicInteger();
        try {
            for (int i = 0; i < 40; i++) {
                store.watch(directory, WatchOptions.ALL, event -> {
                    blocked.incrementAndGet();
                    awaitLatch(release);
                });
            }
            Patience.await("listeners that block").until(() -> blocked.get() == 40);
            Session session = session();
            WatchRecorder other = watch().awaitListed();
            apply(in().as(session).putOwned("a", text("1")));
            other.awaitNames("a");
            session.close();
            other.awaitNames();
        } finally {
            release.countDown();
        }
    }

    @Test
    void aListenerThatWasBlockedForLongStillEndsCurrent() {
        CountDownLatch release = new CountDownLatch(1);
        WatchRecorder recorder = new WatchRecorder(state -> awaitLatch(release));
        recorder.closesWith(store.watch(directory, WatchOptions.ALL, recorder));
        try {
            for (int i = 0; i < 1_000; i++) {
                apply(in().put("n" + i % 10, text("" + i)).delete("n" + (i + 5) % 10));
            }
        } finally {
            release.countDown();
        }
        recorder.awaitStateOf(store, directory);
    }

    @Test
    void aListenerThatThrowsIsToldTheNextChange() {
        WatchRecorder recorder = new WatchRecorder();
        recorder.closesWith(store.watch(directory, WatchOptions.ALL, event -> {
            recorder.onEvent(event);
            throw new IllegalStateException("thrown by a test's listener, as planned");
        }));
        recorder.awaitListed();
        apply(in().put("a", text("1")));
        recorder.awaitNames("a");
        apply(in().put("b", text("1")));
        recorder.awaitNames("a", "b");
    }

    @Test
    void aChangeMadeAfterTheWatchWasClosedIsNotTold() {
        for (int round = 0; round < 10; round++) {
            apply(in().put("a", text("before")));
            WatchRecorder closed = watch();
            closed.close();
            closed.close();
            WatchRecorder running = watch().awaitListed();
            long after = apply(in().put("a", text("after")));
            running.awaitStateOf(store, directory);
            running.close();
            assertThat(closed.events()).allMatch(event -> event.revision() < after);
            closed.verify();
        }
    }

    @Test
    void aWatchMayBeClosedFromItsOwnListener() {
        AtomicReference<Watch> self = new AtomicReference<>();
        WatchRecorder recorder = new WatchRecorder(state -> {
            if (!state.entries().isEmpty()) {
                Objects.requireNonNull(self.get()).close();
            }
        });
        self.set(store.watch(directory, WatchOptions.ALL, recorder));
        WatchRecorder other = watch().awaitListed();
        recorder.awaitListed();
        apply(in().put("a", text("1")));
        recorder.awaitNames("a");
        apply(in().put("b", text("1")));
        other.awaitNames("a", "b");
        assertThat(recorder.view().names()).containsExactly("a");
    }

    @Test
    void aListenerMayUseTheStoreOnAnyExecutor() {
        Session session = session();
        String told = root + "/told";
        CountDownLatch closed = new CountDownLatch(1);
        WatchListener listener = event -> {
            CommitResult result = commit(
                    Commit.in(told).put("at-" + event.revision(), text("1")).build(Commit.Reply.NAMES));
            if (list(store, directory).find("end").isPresent()) {
                session.close();
                closed.countDown();
                assertThat(result.isApplied()).isTrue();
            }
        };
        // On a direct executor the listener may run on the thread of a commit, which must hold nothing meanwhile.
        store.watch(directory, WatchOptions.ALL.on(Runnable::run), listener);
        store.watch(directory, WatchOptions.ALL, listener);
        WatchRecorder recorder = watch(store, told, WatchOptions.ALL);
        apply(in().as(session).putOwned("a", text("1")).put("b", text("1")));
        apply(in().as(session).put("end", text("1")));
        // Not its state: an owner stops believing before the servers are told.
        Patience.await("the session's end from a listener").until(() -> closed.getCount() == 0);
        assertThat(session.state()).isEqualTo(Session.State.CLOSED);
        recorder.awaitStateOf(store, told);
        assertThat(list().names()).containsExactly("b", "end");
    }

    @Test
    void anExecutorThatTakesNoMoreTasksHarmsItsOwnWatchAlone() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        WatchRecorder gone =
                watch(store, directory, WatchOptions.ALL.on(executor)).awaitListed();
        WatchRecorder other = watch().awaitListed();
        executor.shutdown();
        for (int i = 0; i < 3; i++) {
            Commit commit = in().put("a" + i, text("1")).build();
            long revision = applied(commit(commit)).revision();
            assertThat(settle(store, commit)).isEqualTo(new Settlement.Applied(revision));
        }
        other.awaitStateOf(store, directory);
        gone.close();
    }

    @Test
    void closingTheStoreEndsItsWatchesWithTheCause() {
        Store other = open();
        WatchRecorder recorder = watch(other, directory, WatchOptions.ALL).awaitListed();
        other.close();
        Patience.await("the end of a watch")
                .untilAsserted(() -> assertThat(recorder.end()).isInstanceOf(MusterException.class));
        long after = apply(in().put("a", text("1")));
        assertThat(recorder.events()).allMatch(event -> event.revision() < after);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(Patience.deadline().toMillis() * 2, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the test did not release its listener");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
