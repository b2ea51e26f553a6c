package dev.muster.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Line OURS = Line.of("lock", "ours", "pairs/s", new Spread(300, 200, 400))
            .note("1.50 × theirs")
            .target("≥ 1 × theirs", true);
    private static final Line THEIRS = Line.missing("lock", "theirs", new Exception("not installed"));
    private static final Report REPORT =
            new Report("benchmarks/run lock", Map.of("cores", "2"), List.of(OURS, THEIRS), Map.of("lock", 0.25));

    @Test
    void namesARowOnceAndSaysWhyAPeerIsMissing() {
        assertThat(REPORT.markdown().lines())
                .containsExactly(
                        "    benchmarks/run lock",
                        "",
                        "cores 2.",
                        "",
                        "| row  | contender | median [min … max] | unit    | beside                      | target       |"
                                + " reached | others' CPU |",
                        "|------|-----------|--------------------|---------|-----------------------------|--------------|"
                                + "---------|-------------|",
                        "| lock | ours      | 300 [200 … 400]    | pairs/s | 1.50 × theirs               | ≥ 1 × theirs |"
                                + " yes     | 0.25        |",
                        "|      | theirs    | –                  |         | not measured: not installed |              |"
                                + "         |             |");
    }

    @Test
    void saysInJsonWhatTheTableSays() {
        assertThat(REPORT.json())
                .isEqualTo("{\"command\":\"benchmarks/run lock\",\"machine\":{\"cores\":\"2\"},\"lines\":["
                        + "{\"row\":\"lock\",\"contender\":\"ours\",\"unit\":\"pairs/s\",\"median\":300.0,"
                        + "\"min\":200.0,\"max\":400.0,\"beside\":\"1.50 × theirs\",\"target\":\"≥ 1 × theirs\","
                        + "\"reached\":true},"
                        + "{\"row\":\"lock\",\"contender\":\"theirs\",\"unit\":\"\","
                        + "\"beside\":\"not measured: not installed\",\"target\":\"\"}],\"others\":{\"lock\":0.25}}");
    }

    @Test
    void refusesARowThatDoesNotFitItsHeadings() {
        assertThatThrownBy(() -> new Table("one", "two").add("alone")).isInstanceOf(IllegalArgumentException.class);
    }
}
