package dev.muster.coordination.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.Store;
import dev.muster.store.file.PlantedFault;
import dev.muster.store.testkit.DirectoryFleet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker is worth what it finds: real processes on a store that breaks one promise are found out. */
class PlantedFaultsTest {

    private static final int ROUNDS = 10;

    @TempDir
    Path base;

    private FaultSubject subject(PlantedFault fault) {
        return FaultSubject.of("planted://" + base.resolve("store") + "?fault=" + fault, Store::engine);
    }

    @Test
    void anOwnerThatBelievesForEverIsFoundOut() {
        FaultSubject subject = subject(PlantedFault.BELIEVES_FOR_EVER);
        try (FaultRun run = subject.owners(false, name -> subject.place())) {
            // One that is stopped in the middle of a write finds that refused, and does not act again.
            for (int i = 0; i < ROUNDS && run.history().actionsTooLate().isEmpty(); i++) {
                Event owner = run.awaitWorkingOwner();
                run.process(owner).stop();
                Event next = run.awaitOwnerAfter(owner);
                // Until the next owner has stamped the target, that takes writes of the one before.
                run.awaitWriteAfter(next.nanos());
                run.process(owner).resume();
                run.awaitStale(owner);
            }
            assertThat(run.history().actionsTooLate()).isNotEmpty();
            assertThat(run.history().staleWrites()).isEmpty();
        }
    }

    /** One process after the other owns. */
    private OwnershipHistory twoOwners(PlantedFault fault) {
        FaultSubject subject = subject(fault);
        FaultSetup setup = new FaultSetup("planted", Duration.ofSeconds(2), false, true);
        try (FaultRun run = subject.owners(setup, name -> subject.place(), 1)) {
            Event owner = run.awaitOwner();
            run.process(owner).kill();
            run.begin();
            run.awaitOwnerAfter(owner);
            return run.history();
        }
    }

    @Test
    void aTokenThatTwoOwnersHaveIsFoundOut() {
        assertThat(twoOwners(PlantedFault.SHARES_TOKENS).sharedTokens()).isNotEmpty();
    }

    @Test
    void aTokenThatFallsIsFoundOut() {
        assertThat(twoOwners(PlantedFault.LETS_TOKENS_FALL).tokensOutOfOrder()).isNotEmpty();
    }

    private List<String> breachesOfClients(PlantedFault fault) {
        FaultSubject subject = subject(fault);
        try (DirectoryFleet fleet = subject.clients(3, name -> subject.place())) {
            fleet.awaitOperations(60);
            return fleet.finish(true, true, Duration.ofSeconds(3));
        }
    }

    @Test
    void aListingOfThePastIsFoundOut() {
        assertThat(breachesOfClients(PlantedFault.LISTS_THE_PAST))
                .anyMatch(breach -> breach.startsWith("saw a state older"));
    }

    @Test
    void aWatchThatEndsStaleIsFoundOut() {
        assertThat(breachesOfClients(PlantedFault.LETS_WATCHES_END_STALE))
                .allMatch(breach -> breach.startsWith("the watch of client"))
                .hasSize(3);
    }
}
