package dev.muster.store.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs tasks at the same time, each in a thread of its own, and hands on what they answer or throw. */
public final class Concurrently {

    private Concurrently() {}

    /** Starts all tasks at one moment and waits for all: their answers, in the order of the tasks. */
    public static <T> List<T> call(List<? extends Callable<T>> tasks) {
        return call(tasks, Duration.ofSeconds(30));
    }

    /** As {@link #call(List)}, where each may take so long, scaled. */
    public static <T> List<T> call(List<? extends Callable<T>> tasks, Duration each) {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> task : tasks) {
                running.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> one : running) {
                answers.add(join(one, Patience.scaled(each)));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> T join(Future<T> running, Duration atMost) {
        try {
            return running.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError("a concurrent task failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a concurrent task did not end in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while concurrent tasks ran", e);
        }
    }
}
