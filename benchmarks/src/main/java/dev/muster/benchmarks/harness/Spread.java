package dev.muster.benchmarks.harness;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** What several rounds gave: the middle one, and how far they lie apart. */
public record Spread(double median, double min, double max) {

    /** Of at least one sample; an even number has the mean of the two in the middle. */
    public static Spread of(Collection<Double> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a spread needs at least one sample");
        }
        double[] sorted =
                samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The sample that so large a share of all does not exceed, by nearest rank: 0.5 for the median, 0.99. */
    public static double percentile(double[] samples, double share) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("a percentile needs at least one sample");
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }

    /**
     * A percentile of the samples of all rounds together, with the lowest and the highest of any round. Rounds without
     * samples do not count; one must have some.
     */
    public static Spread ofPercentile(Collection<double[]> rounds, double share) {
        List<double[]> whole = rounds.stream().filter(round -> round.length > 0).toList();
        Spread each =
                of(whole.stream().map(samples -> percentile(samples, share)).toList());
        double[] all = whole.stream().flatMapToDouble(Arrays::stream).toArray();
        return new Spread(percentile(all, share), each.min, each.max);
    }

    /** Another unit: each figure times the factor. */
    public Spread times(double factor) {
        return new Spread(median * factor, min * factor, max * factor);
    }

    /** From rates to the time of one, or back: each figure divides the dividend. */
    public Spread dividing(double dividend) {
        return new Spread(dividend / median, dividend / max, dividend / min);
    }

    /** This median as a multiple of the other's. */
    public double over(Spread other) {
        return median / other.median;
    }

    /** As in {@code 1,234 [1,200 … 1,300]}. */
    @Override
    public String toString() {
        return Numbers.plain(median) + " [" + Numbers.plain(min) + " … " + Numbers.plain(max) + "]";
    }
}
