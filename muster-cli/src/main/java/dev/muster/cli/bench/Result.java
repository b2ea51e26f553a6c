package dev.muster.cli.bench;

import java.util.Arrays;

/**
 * What was measured.
 *
 * @param median over the rounds
 * @param least of any round
 * @param most of any round
 */
public record Result(String what, String unit, double median, double least, double most, int rounds) {

    static Result of(String what, String unit, double[] rounds) {
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Result(what, unit, median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
