package dev.muster.benchmarks.harness;

import java.util.Locale;

/** Writes figures with three digits or so: more would claim what a benchmark cannot know. */
public final class Numbers {

    private Numbers() {}

    /** With thousands apart, and decimals for small ones only. */
    public static String plain(double number) {
        double size = Math.abs(number);
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, format, number);
    }

    /** As in {@code 1.25 ×}. */
    public static String times(double ratio) {
        return plain(ratio) + " ×";
    }
}
