package dev.muster.store.simulation;

import java.time.Duration;
import java.util.List;

/**
 * Random choices that a seed fixes, the same on every JVM and JDK. The generator is SplitMix64, from Steele, Lea and
 * Flood: "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014). Integer arithmetic alone. Not thread-safe.
 */
public final class SeededRandom {

    private long state;

    public SeededRandom(long seed) {
        this.state = seed;
    }

    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /** Scatters the bits of a number: a bijection. */
    static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** From 0 to one less than the bound, which is positive. */
    public int below(int bound) {
        return (int) (((nextLong() >>> 33) * bound) >>> 31);
    }

    /** True with this probability. Draws nothing where that is 0. */
    public boolean chance(double probability) {
        return probability > 0 && (nextLong() >>> 11) * 0x1.0p-53 < probability;
    }

    /** Evenly spread from the least to the most, both included. */
    public long between(long least, long most) {
        long span = most - least + 1;
        return span <= 0 ? nextLong() : least + Long.remainderUnsigned(nextLong(), span);
    }

    /** Evenly spread from the least to the most. */
    public Duration between(Duration least, Duration most) {
        return Duration.ofNanos(between(least.toNanos(), most.toNanos()));
    }

    /** Spread evenly over the orders of magnitude: small ones as often as large ones. */
    public long skewed(long least, long most) {
        int octaves = 64 - Long.numberOfLeadingZeros(most / least);
        long low = least << below(octaves);
        return between(low, Math.min(most, low * 2));
    }

    /** As {@link #skewed(long, long)}. */
    public Duration skewed(Duration least, Duration most) {
        return Duration.ofNanos(skewed(least.toNanos(), most.toNanos()));
    }

    public <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** Another generator, whose draws do not move this one. */
    public SeededRandom fork() {
        return new SeededRandom(nextLong());
    }
}
