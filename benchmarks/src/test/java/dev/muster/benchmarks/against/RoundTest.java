package dev.muster.benchmarks.against;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.benchmarks.peer.Tenure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void countsWhatEndedInTheTimeGivenAndNotWhatEndedLater() {
        Round round = new Round(
                List.of(
                        List.of(tenure(0, 100, 200, 300), tenure(300, 900, 990, 1_000)),
                        List.of(tenure(0, 1, 2, 1_001))),
                SECOND);
        assertThat(round.rate()).isEqualTo(2);
        assertThat(round.count()).isEqualTo(3);
    }

    @Test
    void hasARateOfNothingWhereNothingWasDone() {
        assertThat(new Round(List.of(List.of()), SECOND).rate()).isZero();
    }

    @Test
    void countsTheRateOfAClockBelowZero() {
        assertThat(new Round(List.of(List.of(tenure(-500, -400, -300, -200))), SECOND).rate())
                .isEqualTo(1);
    }

    @Test
    void measuresAHandOverFromTheCallThatReleasesToTheNextOnesReturn() {
        Round round = new Round(
                List.of(List.of(tenure(0, 10, 20, 25), tenure(26, 60, 70, 75)), List.of(tenure(0, 23, 30, 35))),
                SECOND);
        assertThat(round.handOvers()).containsExactly(3, 30);
        assertThat(round.waits()).containsExactly(10, 34, 23);
    }

    @Test
    void doesNotTakeAClientThatHasItAgainForAHandOver() {
        Round round = new Round(
                List.of(List.of(tenure(0, 10, 20, 25), tenure(25, 26, 30, 31)), List.of(tenure(0, 40, 50, 51))),
                SECOND);
        assertThat(round.handOvers()).containsExactly(10);
    }

    @Test
    void seesThatTwoHeldItAtOnce() {
        Round excluded = new Round(List.of(List.of(tenure(0, 10, 20, 25)), List.of(tenure(0, 20, 30, 35))), SECOND);
        assertThat(excluded.overlaps()).isZero();
        Round both = new Round(List.of(List.of(tenure(0, 10, 20, 25)), List.of(tenure(0, 19, 30, 35))), SECOND);
        assertThat(both.overlaps()).isEqualTo(1);
    }

    /** Of milliseconds. */
    private static Tenure tenure(long asked, long had, long leaving, long left) {
        return new Tenure(asked * 1_000_000, had * 1_000_000, leaving * 1_000_000, left * 1_000_000);
    }
}
