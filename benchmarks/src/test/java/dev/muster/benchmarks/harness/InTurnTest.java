package dev.muster.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InTurnTest {

    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();

    @Test
    void warmsAllUpThenMeasuresEachOnceARoundAndClosesThem() throws Exception {
        List<Spread> spreads = InTurn.rates(settings(2), "row", List.of(new Counting("a", 1), new Counting("b", 10)));
        assertThat(log).containsExactly("a", "b", "a", "b", "a", "b", "a closed", "b closed");
        assertThat(spreads).containsExactly(new Spread(2.5, 2, 3), new Spread(25, 20, 30));
    }

    @Test
    void keepsTheAnswersOfEachContenderInTheirOrder() throws Exception {
        int[] count = new int[1];
        List<List<Integer>> answers = InTurn.rounds(
                settings(2),
                "row",
                2,
                List.of(new InTurn.Turn<>("a", () -> count[0]++), new InTurn.Turn<>("b", () -> count[0]++)));
        assertThat(answers).containsExactly(List.of(0, 2), List.of(1, 3));
    }

    private Settings settings(int rounds) throws Exception {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Settings(
                rounds,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                true,
                Places.under(folder),
                "none",
                new Progress(nowhere, false));
    }

    /** Answers once, twice, three times its step. */
    private final class Counting implements Contender {
        private final String name;
        private final int step;
        private int turns;

        Counting(String name, int step) {
            this.name = name;
            this.step = step;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public double rate(Duration about) {
            log.add(name);
            return step * ++turns;
        }

        @Override
        public void close() {
            log.add(name + " closed");
        }
    }
}
