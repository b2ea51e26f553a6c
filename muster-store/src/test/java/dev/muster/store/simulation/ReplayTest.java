package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
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
    void anotherProcessRunsTheSameSeedsTheSameWay() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process other = new ProcessBuilder(
                        java.toString(), "-cp", System.getProperty("java.class.path"), ReplayTest.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = other.inputReader()) {
            assertThat(output.lines().reduce("", (first, second) -> second)).isEqualTo(hashes());
        } finally {
            other.destroyForcibly();
        }
    }

    /** Runs some seeds of several scenarios and prints what came of them. */
    public static void main(String[] args) {
        System.out.println(hashes());
    }

    private static String hashes() {
        Seeds seeds = Seeds.usual().with(Faults.USUAL.without(Fault.CRASH));
        return LongStream.range(0, 30)
                .flatMap(seed -> LongStream.of(
                        seeds.run(seed, WRITERS),
                        seeds.run(seed, CounterTest::settledIncrements),
                        seeds.run(seed, WatchViewTest::writeAndWatch),
                        seeds.run(seed, MutualExclusionTest::takeTurns)))
                .mapToObj(Long::toHexString)
                .collect(Collectors.joining(" "));
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
