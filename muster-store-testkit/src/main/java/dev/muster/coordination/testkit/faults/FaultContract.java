package dev.muster.coordination.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.Nonce;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What locks and elections keep while real processes are killed and stopped and real servers fail: no stale write is taken
 * by a fenced target, nobody acts after another owned (where the engine is LEASE_SAFE), and whoever is lost is followed.
 * An engine's test class subclasses this as it does the store contract. Each fault adds a line to a table, see README.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FaultContract {

    private static final int PROCESSES = 3;
    private static final Duration BRIEF = Duration.ofSeconds(2);

    /** What starting processes and a busy machine may add. */
    private static final Duration LENIENCE = Duration.ofSeconds(15);

    private String engine;
    private boolean leaseSafe;
    private Duration lease;
    private boolean endsWithItsProcess;

    /** The store under test, for child processes too. */
    protected abstract String url();

    /** What the engine is called in the table: its scheme, unless there is more to say. */
    protected String called(Store store) {
        return store.engine();
    }

    /**
     * What can be done to the servers, by a name that completes the sentence "the servers …", for instance "are restarted".
     * Each leaves behind servers that work, or will soon.
     */
    protected Map<String, Runnable> serverFaults() {
        return Map.of();
    }

    @BeforeEach
    void askTheEngine() {
        try (Store store = Store.open(url())) {
            assumeTrue(
                    store.traits().contains(Trait.DISTRIBUTED_ACROSS_PROCESSES),
                    "the engine " + store.engine() + " knows one process only");
            engine = called(store);
            leaseSafe = store.traits().contains(Trait.LEASE_SAFE);
            endsWithItsProcess = store.traits().contains(Trait.NON_TIMEOUT_BASED);
            Duration least = store.limits().minSession();
            lease = least.compareTo(BRIEF) > 0 ? least : BRIEF;
        }
    }

    private FaultSetup setup(boolean leads, boolean fenced) {
        return new FaultSetup(url(), "muster-faults-" + Nonce.next(), lease, leads, fenced);
    }

    private FaultRun run(FaultSetup setup) {
        return new FaultRun(setup, lease.multipliedBy(3).plus(LENIENCE), PROCESSES);
    }

    private void verify(OwnershipHistory history) {
        assertThat(history.sharedTokens()).as("tokens that two owners had").isEmpty();
        assertThat(history.staleWrites()).as("stale writes that were taken").isEmpty();
        if (leaseSafe) {
            assertThat(history.actionsTooLate())
                    .as("actions after another owned")
                    .isEmpty();
        }
    }

    private void report(
            String fault, int times, List<Duration> followed, List<Duration> told, OwnershipHistory history) {
        FaultReport.add(engine, fault, times, endsWithItsProcess ? Duration.ZERO : lease, followed, told, history);
    }

    @Test
    void aKilledHolderIsFollowed() {
        kill(false, 2);
    }

    @Test
    void aKilledLeaderIsFollowed() {
        kill(true, 2);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyKilledHoldersAreFollowed() {
        kill(false, 20);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyKilledLeadersAreFollowed() {
        kill(true, 20);
    }

    private void kill(boolean leads, int times) {
        List<Duration> followed = new ArrayList<>();
        try (FaultRun run = run(setup(leads, true))) {
            Event owner = run.awaitOwnerAfter(0);
            for (int i = 0; i < times; i++) {
                run.awaitWriteAfter(owner.nanos());
                long killed = System.nanoTime();
                run.process(owner).kill();
                run.begin();
                owner = run.awaitOwnerAfter(owner.token());
                followed.add(Duration.ofNanos(owner.nanos() - killed));
            }
            run.awaitWriteAfter(owner.nanos());
            report((leads ? "leader" : "holder") + " killed", times, followed, List.of(), run.history());
            verify(run.history());
        }
    }

    @Test
    void aStoppedHolderDoesNoHarmWhenItGoesOn() {
        stop(1, 0.5, 2);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void holdersStoppedForHalfToThreeLeasesDoNoHarmWhenTheyGoOn() {
        stop(4, 0.5, 0.9, 1.1, 1.5, 2, 3);
    }

    private void stop(int rounds, double... leases) {
        assumeFalse(
                endsWithItsProcess, "sessions of the engine " + engine + " end with their process, not with a time");
        List<Duration> followed = new ArrayList<>();
        List<Duration> told = new ArrayList<>();
        try (FaultRun run = run(setup(false, true))) {
            run.awaitOwnerAfter(0);
            for (int i = 0; i < rounds * leases.length; i++) {
                stopOnce(run, leases[i % leases.length], followed, told);
            }
            report("holder stopped for 0.5 to 3 leases", rounds * leases.length, followed, told, run.history());
            verify(run.history());
            assertThat(told)
                    .as("times until an owner that went on was told of its loss")
                    .allMatch(time -> time.compareTo(Patience.scaled(Duration.ofSeconds(1))) < 0);
        }
    }

    private void stopOnce(FaultRun run, double leases, List<Duration> followed, List<Duration> told) {
        Event owner = run.owner();
        run.awaitWriteAfter(owner.nanos());
        long stopped = System.nanoTime();
        long time = (long) (lease.toNanos() * leases);
        run.process(owner).stop();
        Patience.await("the time of a stop", Duration.ofNanos(time).plus(LENIENCE))
                .until(() -> System.nanoTime() - stopped > time);
        boolean another = run.owner().token() > owner.token();
        long resumed = System.nanoTime();
        run.process(owner).resume();
        if (another) {
            told.add(Duration.ofNanos(run.awaitLoss(owner).nanos() - resumed));
            followed.add(Duration.ofNanos(run.awaitOwnerAfter(owner.token()).nanos() - stopped));
        }
        run.awaitWriteAfter(System.nanoTime());
    }

    @Test
    void serversThatFailLeaveOneOwnerAtATime() {
        failServers(1);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void serversThatFailOftenLeaveOneOwnerAtATime() {
        failServers(5);
    }

    private void failServers(int times) {
        Map<String, Runnable> faults = serverFaults();
        assumeFalse(faults.isEmpty(), "the test of the engine " + engine + " has no servers that it could make fail");
        faults.forEach((name, fault) -> {
            List<Duration> recovered = new ArrayList<>();
            try (FaultRun run = run(setup(false, true))) {
                run.awaitOwnerAfter(0);
                for (int i = 0; i < times; i++) {
                    run.awaitWriteAfter(System.nanoTime());
                    long failed = System.nanoTime();
                    fault.run();
                    // The second: the first may have been under way.
                    Event first = run.awaitWriteAfter(System.nanoTime());
                    recovered.add(
                            Duration.ofNanos(run.awaitWriteAfter(first.nanos()).nanos() - failed));
                }
                report("servers " + name, times, recovered, List.of(), run.history());
                verify(run.history());
            }
        });
    }

    @Test
    void writesWithoutATokenAreFoundOut() {
        assumeFalse(
                endsWithItsProcess, "sessions of the engine " + engine + " end with their process, not with a time");
        try (FaultRun run = run(setup(false, false))) {
            Event owner = run.awaitOwnerAfter(0);
            for (int i = 0; i < 3; i++) {
                run.awaitWriteAfter(owner.nanos());
                run.process(owner).stop();
                Event next = run.awaitOwnerAfter(owner.token());
                run.awaitWriteAfter(next.nanos());
                long resumed = System.nanoTime();
                run.process(owner).resume();
                run.awaitLoss(owner);
                run.awaitWriteAfter(resumed + TimeUnit.MILLISECONDS.toNanos(100));
                owner = run.owner();
            }
            assertThat(run.history().staleWrites())
                    .as("stale writes that a target without a fence has taken")
                    .isNotEmpty();
        }
    }
}
