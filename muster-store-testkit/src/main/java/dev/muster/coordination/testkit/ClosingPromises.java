package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Session;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a coordinator leaves behind: nothing. */
abstract class ClosingPromises extends RecipePromises {

    /** Threads of the JVM and of the tests, which come and go by themselves. */
    private static final List<String> OTHERS = List.of(
            "ForkJoinPool",
            "CompletableFutureDelayScheduler",
            "awaitility",
            "junit",
            "process reaper",
            "Attach",
            "output of");

    private final Inbox<Leadership> elected = new Inbox<>();

    ClosingPromises(RecipeContract engine) {
        super(engine);
    }

    private Coordinator own(String id) {
        return Coordinator.over(
                        engine.url(),
                        CoordinatorOptions.member(id).namespace(namespace).build())
                .start();
    }

    /** Uses every recipe: holds, waits, is a member, watches, leads, observes. */
    private List<AutoCloseable> useEverything(Coordinator coordinator) {
        List<AutoCloseable> used = new ArrayList<>();
        used.add(coordinator.lock("held").acquire(Patience.deadline()));
        used.add(coordinator.lock("shared").shared().acquire(Patience.deadline()));
        coordinator.lock("held").acquireAsync(LONG);
        used.add(coordinator.locks("x", "y").acquire(Patience.deadline()));
        used.add(coordinator.group("g").joinOrCreate(Capabilities.of(1)));
        coordinator.group("g").watch(event -> {});
        used.add(coordinator.election("e").run(elected));
        used.add(elected.poll(Patience.deadline()).orElseThrow());
        used.add(coordinator.election("e").run(leadership -> {}));
        coordinator.election("e").observe(leader -> {});
        return used;
    }

    @Test
    void itLeavesNoEntryBehindButTheGroupsThatItCreated() {
        Coordinator coordinator = own("one");
        useEverything(coordinator);
        coordinator.close();
        List<String> left = new ArrayList<>();
        for (String directory : directories(store)) {
            list(directory).entries().forEach(entry -> left.add(directory + "/" + entry.name()));
        }
        left.remove(directory("groups", "g") + "/meta");
        assertThat(left).as("entries left behind").isEmpty();
        assertThat(member("two").lock("held").tryAcquire()).isPresent();
    }

    @Test
    void itLeavesNoThreadBehind() throws Exception {
        // The first round starts what lives as long as the process, as a driver's cleaner does.
        use(own("warm-up"));
        Set<Thread> before = threads();
        for (int round = 0; round < 3; round++) {
            use(own("one"));
        }
        Patience.await("its threads end", Duration.ofSeconds(20)).untilAsserted(() -> {
            Set<Thread> left = threads();
            left.removeAll(before);
            assertThat(left).as("threads left behind").isEmpty();
        });
    }

    private void use(Coordinator coordinator) throws Exception {
        List<AutoCloseable> used = useEverything(coordinator);
        for (AutoCloseable one : used) {
            one.close();
        }
        coordinator.close();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> OTHERS.stream().noneMatch(thread.getName()::contains))
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void itLeavesNoWatchBehindInAStoreThatOthersUse() {
        CountingStore counting = closing(new CountingStore(open()));
        Coordinator coordinator = member("one", counting, options -> options);
        useEverything(coordinator);
        coordinator.close();
        Patience.await("its watches end").until(() -> counting.openWatches.get() == 0);
    }

    @Test
    void whatItHandedOutIsOverWithoutALossAndClosesAtOnceInAnyOrder() throws Exception {
        Coordinator coordinator = own("one");
        Inbox<Loss> losses = new Inbox<>();
        LockHandle held = coordinator.lock("l").acquire(Patience.deadline());
        Membership membership = coordinator.group("g").joinOrCreate(Capabilities.NONE);
        Candidacy candidacy = coordinator.election("e").run(elected);
        Leadership leadership = elected.poll(Patience.deadline()).orElseThrow();
        held.onLost(losses);
        membership.onLost(losses);
        leadership.onLost(losses);
        coordinator.close();
        assertThat(held.isValid() || membership.isValid() || leadership.isValid())
                .isFalse();
        assertThat(candidacy.leadership()).isEmpty();
        long begun = System.nanoTime();
        assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
        for (AutoCloseable one : List.of(leadership, candidacy, membership, held, coordinator)) {
            one.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Patience.scaled(Duration.ofSeconds(2)));
        assertThat(losses.drain()).isEmpty();
    }

    @Test
    void manyThreadsMayCloseItAtOnce() {
        Coordinator coordinator = own("one");
        useEverything(coordinator);
        List<CompletableFuture<Void>> closers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            closers.add(CompletableFuture.runAsync(coordinator::close));
        }
        closers.forEach(RecipePromises::join);
        assertThat(coordinator.isStarted()).isFalse();
        assertThat(member("two").lock("held").tryAcquire(Patience.deadline())).isPresent();
    }

    @Test
    void aCallbackMayCloseIt() {
        Coordinator coordinator = own("one");
        CompletableFuture<Void> closed = new CompletableFuture<>();
        coordinator.lock("l").acquire(Patience.deadline()).onLost(loss -> {
            coordinator.close();
            closed.complete(null);
        });
        member("two").lock("l").breakLock();
        join(closed);
        assertThat(coordinator.isStarted()).isFalse();
    }

    @Test
    void itIsStartedAndClosedAsynchronouslyToo() {
        Coordinator coordinator = Coordinator.over(
                engine.url(),
                CoordinatorOptions.member("one").namespace(namespace).build());
        assertThat(join(coordinator.startAsync())).isSameAs(coordinator);
        LockHandle held = coordinator.lock("l").acquire(Patience.deadline());
        Session session = coordinator.session();
        join(coordinator.closeAsync());
        assertThat(held.isValid()).isFalse();
        assertThat(session.state()).isEqualTo(Session.State.CLOSED);
        assertThat(member("two").lock("l").tryAcquire()).isPresent();
        join(coordinator.closeAsync());
        coordinator.start().close();
    }

    @Test
    void withAStoreThatDoesNotAnswerItTakesTheOperationTimeoutAndNoLonger() {
        StallingStore stalling = closing(new StallingStore(open()));
        Duration allowed = Duration.ofMillis(400);
        Coordinator coordinator = over("one", stalling, options -> options.operationTimeout(allowed));
        coordinator.start();
        LockHandle held = coordinator.lock("l").acquire(Patience.deadline());
        Candidacy candidacy = coordinator.election("e").run(elected);
        assertThat(elected.poll(Patience.deadline())).isPresent();
        stalling.stall();
        long begun = System.nanoTime();
        held.close();
        candidacy.close();
        coordinator.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isLessThan(Patience.scaled(allowed.multipliedBy(3).plusSeconds(1)));
        assertThat(coordinator.isStarted()).isFalse();
    }
}
