package dev.muster.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void takesTheMiddleOfAnOddNumberOfSamplesInAnyOrder() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Spread(4, 1, 9));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(List.of(4.0, 1.0, 9.0, 6.0)).median()).isEqualTo(5);
    }

    @Test
    void refusesToSpreadNothing() {
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.percentile(new double[0], 0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesMediansAndNotExtremes() {
        assertThat(new Spread(30, 1, 1000).over(new Spread(20, 19, 21))).isCloseTo(1.5, within(1e-12));
    }

    @Test
    void turnsRatesIntoTimesWithTheFastestRoundAsTheShortestTime() {
        assertThat(new Spread(200, 100, 400).dividing(1000)).isEqualTo(new Spread(5, 2.5, 10));
    }

    @Test
    void findsPercentilesByNearestRank() {
        double[] samples = new double[100];
        for (int i = 0; i < 100; i++) {
            samples[i] = 100 - i;
        }
        assertThat(Spread.percentile(samples, 0.5)).isEqualTo(50);
        assertThat(Spread.percentile(samples, 0.99)).isEqualTo(99);
        assertThat(Spread.percentile(samples, 1)).isEqualTo(100);
        assertThat(Spread.percentile(new double[] {7}, 0.5)).isEqualTo(7);
    }

    @Test
    void printsTheMedianWithItsRange() {
        assertThat(new Spread(1234.4, 999.6, 2_000_000)).hasToString("1,234 [1,000 … 2,000,000]");
        assertThat(new Spread(12.34, 0.456, 0.00123)).hasToString("12.3 [0.46 … 0.0012]");
    }

    @Test
    void takesAPercentileOfAllRoundsTogetherBesideThatOfTheLowestAndTheHighestRound() {
        assertThat(Spread.ofPercentile(List.of(new double[] {1, 2}, new double[] {3, 4, 5}, new double[0]), 0.5))
                .isEqualTo(new Spread(3, 1, 4));
    }
}
