package dev.muster.servers;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a condition of a server, asked again every 20 ms. */
public final class Await {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /**
     * Waits until the condition holds. One that throws does not hold, and what it threw last is the cause of the failure.
     *
     * @param what the condition in words, for the failure
     * @param state what to show when it did not come to hold; may throw to end the wait early
     * @throws AssertionError if the deadline passed first
     */
    public static void until(String what, Duration deadline, Callable<Boolean> condition, Supplier<String> state) {
        long end = System.nanoTime() + deadline.toNanos();
        Throwable last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                last = e;
            }
            String now = state.get();
            if (System.nanoTime() - end >= 0) {
                throw failure("waited " + deadline.toMillis() + " ms in vain until " + what + "\n" + now, last);
            }
            LockSupport.parkNanos(PAUSE);
            if (Thread.currentThread().isInterrupted()) {
                throw failure("interrupted while waiting until " + what + "\n" + now, last);
            }
        }
    }

    private static AssertionError failure(String message, @Nullable Throwable cause) {
        return new AssertionError(message, cause);
    }
}
