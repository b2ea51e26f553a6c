package dev.muster.coordination.fence;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Store;
import dev.muster.store.simulation.Scenario;
import dev.muster.store.simulation.Seeds;
import dev.muster.store.simulation.Simulation;
import dev.muster.store.simulation.SimulationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Owners that overlap in time, under every fault: what a directory holds is in the order of their tokens. */
class FencedDirectorySimulationTest {

    private static final int OWNERS = 4;
    private static final int WRITES = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** How an owner writes its next record. */
    private interface Writing {
        CompletableFuture<?> write(Store store, FencedDirectory own, Bytes record);
    }

    @Test
    void noRecordOfAnEarlierOwnerComesAfterOneOfALater() {
        Seeds.count(500)
                .forEach(scenario((store, own, record) -> own.commitAsync(commit -> commit.append("r-", record))));
    }

    @Test
    void theSameWithoutTheGuardIsCaught() {
        Scenario unguarded = scenario((store, own, record) -> {
            Commit.Builder commit = Commit.in(own.directory());
            commit.append("r-", record);
            return store.commit(commit.build()).exceptionally(lost -> null);
        });
        assertThatThrownBy(() -> Seeds.count(500).forEach(unguarded))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("after a record of owner");
    }

    private static Scenario scenario(Writing writing) {
        return simulation -> {
            List<CompletableFuture<?>> owners = new ArrayList<>();
            for (int token = 1; token <= OWNERS; token++) {
                owners.add(owner(simulation, token, writing));
            }
            simulation.awaitAll(owners);
            simulation.calm();
            check(simulation.await(simulation.connect("reader").list("d")).entries());
        };
    }

    private static CompletableFuture<?> owner(Simulation simulation, int token, Writing writing) {
        Store store = simulation.connect("owner" + token);
        CompletableFuture<Void> done = new CompletableFuture<>();
        Duration start = simulation.random().between(Duration.ZERO, Duration.ofSeconds(10));
        simulation
                .process("owner" + token)
                .scheduler()
                .after(
                        start,
                        () -> FencedDirectory.stampAsync(store, "d", new FencingToken(token), PATIENCE)
                                .thenCompose(own -> write(simulation, store, own, writing, 0))
                                .whenComplete((written, failure) -> {
                                    if (failure != null && !(Await.cause(failure) instanceof StaleToken)) {
                                        simulation.fail(failure);
                                    }
                                    done.complete(null);
                                }));
        simulation.after(Duration.ofMinutes(8), () -> done.complete(null));
        return done;
    }

    private static CompletableFuture<?> write(
            Simulation simulation, Store store, FencedDirectory own, Writing writing, int written) {
        if (written == WRITES) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> pause = new CompletableFuture<>();
        Duration step = simulation.random().between(Duration.ZERO, Duration.ofSeconds(2));
        store.scheduler().after(step, () -> pause.complete(null));
        return pause.thenCompose(ready ->
                        writing.write(store, own, Bytes.utf8(own.token().toString())))
                .thenCompose(done -> write(simulation, store, own, writing, written + 1));
    }

    private static void check(List<Entry> entries) {
        String greatest = "0";
        for (Entry entry : entries) {
            String owner = entry.value().utf8();
            if (!entry.name().startsWith("r-")) {
                continue;
            }
            if (owner.compareTo(greatest) < 0) {
                throw new AssertionError("a record of owner " + owner + " stands after a record of owner " + greatest);
            }
            greatest = owner;
        }
    }
}
