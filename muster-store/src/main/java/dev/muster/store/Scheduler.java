package dev.muster.store;

import java.time.Duration;
import java.util.concurrent.Executor;

/** The time and the threads that everything over a store lives by. Tests move it. */
public interface Scheduler {

    /** Monotonic, in nanoseconds, as {@link System#nanoTime}. */
    long nanoTime();

    /** Runs the task once on {@link #executor()}, not before the delay has passed. */
    Cancellable after(Duration delay, Runnable task);

    /** Where tasks and user callbacks run unless another executor was named. */
    Executor executor();
}
