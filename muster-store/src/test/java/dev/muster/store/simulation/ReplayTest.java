package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static final Scenario WRITERS = simulation -> {
        for (String name : new String[] {"a", "b", "c"}) {
            Store store = simulation.connect(name);
            store.watch("d", WatchOptions.ALL, event -> {});
            for (int i = 0; i < 10; i++) {
                Commit.Builder builder = Commit.in("d");
                builder.append("x-", Bytes.EMPTY);
                simulation.after(
                        simulation.random().between(Duration.ZERO, Duration.ofSeconds(5)),
                        () -> store.commit(builder.build()));
            }
        }
        simulation.pass(Duration.ofSeconds(30));
    };

    @Test
    void oneSeedIsOneRun() {
        Set<Long> runs = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            long run = Seeds.usual().run(seed, WRITERS);
            assertThat(Seeds.usual().run(seed, WRITERS)).as("seed " + seed).isEqualTo(run);
            runs.add(run);
        }
        assertThat(runs).hasSize(200);
    }

    @Test
    void aFailingSeedSaysHowToReplayIt() {
        assertThatThrownBy(() -> Seeds.count(50).forEach(simulation -> {
                    Store store = simulation.connect("a");
                    store.commit(Commit.in("d").put("x", Bytes.EMPTY).build());
                    CompletableFuture<Listing> listing = store.list("d");
                    assertThat(simulation.await(listing).names()).containsExactly("x");
                }))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining(" -Dtest=ReplayTest#aFailingSeedSaysHowToReplayIt")
                .hasMessageContaining("replay with -Dmuster.sim.seed=")
                .hasMessageNotContaining("NOT EXACT");
    }
}
