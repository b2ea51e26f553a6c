package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.Session.State;
import dev.muster.store.SessionLostException;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The end of a session while others act, and what keeps one from ending. */
abstract class SessionEndPromises extends Promises {

    SessionEndPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void noCommitThatNamesASessionAppliesOnceItsCloseWasAnswered() {
        for (int round = 0; round < 20; round++) {
            String path = root + "/race/" + round;
            Session session = session();
            AtomicBoolean started = new AtomicBoolean();
            List<Callable<Listing>> tasks = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                tasks.add(() -> commitUntilLost(path, session, started));
            }
            tasks.add(() -> {
                Patience.await("the first commit").untilTrue(started);
                session.close();
                return list(store, path);
            });
            List<Listing> ends = Concurrently.call(tasks);
            Listing atClose = ends.get(ends.size() - 1);
            assertThat(atClose.names()).as("after the close").containsExactly("free");
            assertThat(list(store, path).entries()).isEqualTo(atClose.entries());
        }
    }

    private Listing commitUntilLost(String path, Session session, AtomicBoolean started) {
        try {
            long deadline = System.nanoTime() + Patience.deadline().toNanos();
            for (int i = 0; System.nanoTime() < deadline; i++) {
                apply(in(path).as(session).put("free", text("1")).putOwned("owned-" + i % 8, text("1")));
                started.set(true);
            }
        } catch (SessionLostException expected) {
            return list(store, path);
        }
        throw new AssertionError("commits that name the session were applied to the end");
    }

    @Test
    void noWatchShowsAnEntryOfASessionAgainThatWasRemovedAtItsEnd() {
        for (int round = 0; round < 10; round++) {
            Session session = session();
            AtomicBoolean owned = new AtomicBoolean();
            AtomicBoolean removed = new AtomicBoolean();
            WatchRecorder recorder = new WatchRecorder(state -> {
                boolean now = state.entries().stream().anyMatch(entry -> entry.isOwnedBy(session));
                removed.compareAndSet(false, owned.get() && !now);
                owned.set(now);
                assertThat(now && removed.get())
                        .as("an entry of the ended session after its removal, in " + state)
                        .isFalse();
            });
            recorder.closesWith(open().watch(directory, WatchOptions.ALL, recorder));
            AtomicBoolean started = new AtomicBoolean();
            List<Callable<Boolean>> tasks = List.of(() -> commitUntilLost(directory, session, started) != null, () -> {
                Patience.await("the first commit").untilTrue(started);
                session.close();
                return true;
            });
            Concurrently.call(tasks);
            recorder.awaitStateOf(store, directory);
            recorder.close();
        }
    }

    @Test
    void theOwnerKnowsThatItMayNotOwnBeforeAnotherCanFindTheEntryGone() {
        requires(Trait.LEASE_SAFE);
        for (int round = 0; round < 10; round++) {
            Session session = session();
            apply(in().as(session).putOwned("a", text("1")));
            List<Boolean> mayOwn = new CopyOnWriteArrayList<>();
            WatchRecorder recorder = new WatchRecorder(state -> {
                if (state.entries().isEmpty()) {
                    mayOwn.add(session.mayOwn());
                }
            });
            Store other = open();
            recorder.closesWith(other.watch(directory, WatchOptions.ALL.on(Runnable::run), recorder));
            recorder.awaitListed();
            CompletableFuture<Boolean> believes = CompletableFuture.supplyAsync(() -> {
                while (!list(other, directory).entries().isEmpty()) {
                    Thread.onSpinWait();
                }
                return session.mayOwn();
            });
            session.close();
            assertThat(believes).succeedsWithin(Patience.deadline()).isEqualTo(false);
            recorder.awaitNames();
            // The view is the recorder's before it is handed on.
            Patience.await("a look at an empty directory")
                    .untilAsserted(() -> assertThat(mayOwn).isNotEmpty());
            assertThat(mayOwn).containsOnly(false);
            recorder.close();
        }
    }

    @Test
    void whatASessionLeavesIsFreeForTheNextWithAGreaterRevision() {
        Store other = open();
        long token = 0;
        for (int round = 0; round < 20; round++) {
            Store client = round % 2 == 0 ? store : other;
            Session session = session(client);
            Patience.await("the lock of the session before")
                    .until(() -> commit(
                                    client,
                                    in().as(session)
                                            .absent("lock")
                                            .putOwned("lock", text("1"))
                                            .build())
                            .isApplied());
            Entry lock = list(client, directory).find("lock").orElseThrow();
            assertThat(lock.isOwnedBy(session)).isTrue();
            assertThat(lock.created()).isGreaterThan(token);
            token = lock.created();
            session.close();
        }
    }

    @Test
    void sessionsMayBeOpenedAndClosedByManyThreads() {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String path = root + "/threads/" + thread;
            tasks.add(() -> {
                for (int i = 0; i < 25; i++) {
                    try (Session session = session()) {
                        apply(in(path).as(session).putOwned("a", text("1")));
                    }
                    assertThat(list(store, path).entries()).isEmpty();
                }
                return 0;
            });
        }
        Concurrently.call(tasks);
        assertThat(directories(root)).isEmpty();
    }

    @Test
    void aSessionHasATimeoutWithinTheLimitsOrNoneAtAll() {
        Session session = store.openSession(new SessionOptions(store.limits().minSession()), Patience.deadline());
        if (store.traits().contains(Trait.NON_TIMEOUT_BASED)) {
            assertThat(session.timeout()).isZero();
            assertThat(session.heartbeats()).isZero();
        } else {
            assertThat(session.timeout())
                    .isBetween(store.limits().minSession(), store.limits().maxSession());
        }
    }

    @Test
    void heartbeatsKeepASessionBeyondItsTimeout() {
        if (store.traits().contains(Trait.NON_TIMEOUT_BASED)) {
            throw new NotPromised(
                    "sessions of the engine " + store.engine() + " end with their process, not with a time-out");
        }
        Duration timeout = store.limits().minSession().compareTo(Duration.ofSeconds(2)) > 0
                ? store.limits().minSession()
                : Duration.ofSeconds(2);
        Session session = store.openSession(new SessionOptions(timeout), Patience.deadline());
        apply(in().as(session).putOwned("a", text("1")));
        long before = session.heartbeats();
        Patience.pass("twice the time-out of a session", session.timeout().multipliedBy(2));
        assertThat(session.state()).isEqualTo(State.CONNECTED);
        assertThat(session.mayOwn()).isTrue();
        assertThat(session.heartbeats()).isGreaterThan(before);
        assertThat(list().names()).containsExactly("a");
    }

    @Test
    void oneOfTwoSessionsOfAClientMayBeLostAndTheOtherGoesOn() {
        Session lost = session();
        Session kept = session();
        apply(in().as(lost).putOwned("lost", text("1")));
        apply(in().as(kept).putOwned("kept", text("1")));
        assumeTrue(engine.expire(store, lost), "the test of this engine cannot end a session by force");
        Patience.await("the loss of a session").until(() -> lost.state() == State.LOST);
        Patience.await("the removal of what it owned")
                .untilAsserted(() -> assertThat(list().names()).containsExactly("kept"));
        assertThat(kept.mayOwn()).isTrue();
        apply(in().as(kept).putOwned("more", text("1")));
    }
}
