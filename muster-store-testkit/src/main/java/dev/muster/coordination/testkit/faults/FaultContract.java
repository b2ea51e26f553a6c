package dev.muster.coordination.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.ClientPlace;
import dev.muster.store.testkit.DirectoryFleet;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.ShiftedClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/**
 * What locks, elections and directories keep while real processes are killed and stopped, real servers fail, and the
 * network between them does: no stale write is taken by a fenced target, nobody acts after another owned (where the engine
 * is LEASE_SAFE), tokens rise, commits and listings are one history, every watch comes to show the final state, and
 * whoever is lost is followed.
 *
 * <p>An engine's test class subclasses this as it does the store contract. One of each fault is made in the ordinary
 * suite; those tagged {@code slow} make each many times, and add a line each to a table: see README. Needs a store that
 * processes share; a fault that the engine cannot have is skipped, with the reason.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FaultContract {

    private static final int MANY = 12;
    private static final int SOME = 4;
    private static final Duration HOUR = Duration.ofHours(1);

    private FaultSubject subject;

    /** The store under test, for child processes too. */
    protected abstract String url();

    /** What the engine is called in the table: its scheme, unless there is more to say. */
    protected String called(Store store) {
        return store.engine();
    }

    /**
     * What can be done to the servers. Each leaves behind servers that work, or will soon.
     *
     * @return nothing where the store has no servers, which skips those tests
     */
    protected List<ServerFault> serverFaults() {
        return List.of();
    }

    /**
     * The way from a client to the store's one server, as in the store contract.
     *
     * @return null where there is none, which skips the tests of the network
     */
    protected @Nullable Link link() {
        return null;
    }

    @BeforeEach
    void askTheEngine() {
        subject = FaultSubject.of(url(), this::called);
        assumeTrue(
                subject.promises(Trait.DISTRIBUTED_ACROSS_PROCESSES),
                "the engine " + subject.engine() + " knows one process only");
    }

    private void needsALease() {
        assumeFalse(
                subject.endsWithItsProcess(),
                "sessions of the engine " + subject.engine() + " end with their process, not with a time");
    }

    private Link needsALink() {
        Link link = link();
        if (link == null) {
            throw new TestAbortedException(
                    "the test of the engine " + subject.engine() + " names no link that a proxy could be put into");
        }
        return link;
    }

    @Test
    void oneOfEachFaultLeavesOneOwnerAndOneHistory() {
        FaultTally tally = new FaultTally(subject, "one of each, in short");
        Link link = link();
        List<ServerFault> faults = serverFaults();
        Wires wires = link == null ? null : new Wires(link);
        Function<String, ClientPlace> places = name -> wires == null ? subject.place() : wires.place(name);
        try (wires;
                FaultRun run = subject.owners(false, places);
                DirectoryFleet fleet = subject.clients(2, places)) {
            OwnerFaults.killOnce(run, tally);
            if (!subject.endsWithItsProcess()) {
                new OwnerFaults(subject).stopOnce(run, 1.3, tally);
            }
            if (wires != null) {
                NetworkFaults.swallowOnce(wires, run, tally);
            }
            boolean keptData = ServerFaults.inflictAll(faults, run, tally);
            run.awaitWorkingOwner();
            tally.check(run.history(), keptData);
            tally.check(fleet, keptData);
        }
        tally.close();
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyKilledHoldersAreFollowed() {
        new OwnerFaults(subject).kill("holder killed", false, MANY, name -> subject.place());
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyKilledLeadersAreFollowed() {
        new OwnerFaults(subject).kill("leader killed", true, MANY, name -> subject.place());
    }

    @Test
    @Tag("slow")
    void clientsWhoseTimeOfDayIsAnHourOffAreFollowedAndFollow() {
        Map<String, String> fast = ShiftedClock.by(HOUR);
        Map<String, String> slow = ShiftedClock.by(HOUR.negated());
        ClientPlace right = subject.place();
        List<ClientPlace> places = List.of(right.with(fast), right, right.with(slow));
        new OwnerFaults(subject)
                .kill(
                        "clocks of clients off by ± 1 h, holder killed",
                        false,
                        SOME,
                        name -> places.get(Integer.parseInt(name.substring(1)) % places.size()));
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void holdersStoppedForHalfToThreeLeasesDoNoHarmWhenTheyGoOn() {
        needsALease();
        new OwnerFaults(subject).stop("holder stopped for 0.5 to 3 leases", 2, 0.5, 0.9, 1.1, 1.5, 2, 3);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void serversThatFailOftenLeaveOneOwnerAndOneHistory() {
        List<ServerFault> faults = serverFaults();
        assumeFalse(
                faults.isEmpty(),
                "the test of the engine " + subject.engine() + " has no servers that it could make fail");
        faults.forEach(fault -> new ServerFaults(subject).inflict(fault, SOME));
    }

    @Test
    @Tag("slow")
    void swallowedRepliesLeaveOneOwnerAndOneHistory() {
        new NetworkFaults(subject, needsALink()).swallowReplies(MANY);
    }

    @Test
    @Tag("slow")
    void ownersThatAreCutOffAreFollowed() {
        new NetworkFaults(subject, needsALink()).cutOwnersOff(SOME);
    }

    @Test
    @Tag("slow")
    void ownersAreFollowedOverASlowNetwork() {
        new NetworkFaults(subject, needsALink()).delay(SOME);
    }

    @Test
    @Tag("slow")
    void writesWithoutATokenAreFoundOut() {
        needsALease();
        assertThat(new OwnerFaults(subject).findsStaleWrites(3))
                .as("whether stale writes were found that a target without a fence has taken")
                .isTrue();
    }
}
