package dev.muster.benchmarks.harness;

import java.time.Duration;
import java.util.function.IntConsumer;

/** One of several that are measured in turn. */
public interface Contender extends AutoCloseable {

    String name();

    /** Works for about so long, and answers how many operations a second it did. */
    double rate(Duration about) throws Exception;

    @Override
    default void close() {}

    /**
     * Repeats an operation on the caller's thread. The clock is read between batches only.
     *
     * @param operation is given the index in its batch
     */
    static Contender repeating(String name, int batch, IntConsumer operation) {
        return new Contender() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double rate(Duration about) {
                return repeat(about, batch, operation);
            }
        };
    }

    /** What {@link #repeating} does in a round. */
    static double repeat(Duration about, int batch, IntConsumer operation) {
        long begin = System.nanoTime();
        long count = 0;
        long elapsed;
        do {
            for (int i = 0; i < batch; i++) {
                operation.accept(i);
            }
            count += batch;
            elapsed = System.nanoTime() - begin;
        } while (elapsed < about.toNanos());
        return count * 1e9 / elapsed;
    }
}
