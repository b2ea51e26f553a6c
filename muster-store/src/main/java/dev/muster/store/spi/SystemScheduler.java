package dev.muster.store.spi;

import dev.muster.store.Cancellable;
import dev.muster.store.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Real time and real threads: one thread for timers and {@value #THREADS} for tasks; daemons, made when needed and let go
 * when idle. Where user callbacks block all of them, more are made, up to {@value #MOST_THREADS}: what the library
 * itself has to do must not wait behind them.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {

    public static final int THREADS = 16;
    public static final int MOST_THREADS = 512;

    private static final long IDLE_SECONDS = 10;
    private static final long STUCK_MILLIS = 50;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor tasks;
    private final AtomicBoolean watchingForStuck = new AtomicBoolean();

    /** Makes no thread yet; those that it makes are called after the name. */
    public SystemScheduler(String name) {
        timer = new ScheduledThreadPoolExecutor(1, daemons(name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        tasks = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name + "-task"));
        tasks.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Cancellable after(Duration delay, Runnable task) {
        try {
            Future<?> timing = timer.schedule(() -> execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timing.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public Executor executor() {
        return this::execute;
    }

    /** After closing, tasks that still come (a last callback) are dropped. */
    private void execute(Runnable task) {
        try {
            tasks.execute(task);
            if (!tasks.getQueue().isEmpty()) {
                watchForStuck();
            }
        } catch (RejectedExecutionException closed) {
            if (!tasks.isShutdown()) {
                throw closed;
            }
        }
    }

    /** A queue that is not empty is nothing unusual; one from which nothing was taken for a while is. */
    private void watchForStuck() {
        if (watchingForStuck.compareAndSet(false, true)) {
            long completed = tasks.getCompletedTaskCount();
            timer.schedule(() -> growIfStuck(completed), STUCK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void growIfStuck(long completedBefore) {
        int threads = tasks.getCorePoolSize();
        if (tasks.getCompletedTaskCount() == completedBefore && threads < MOST_THREADS) {
            tasks.setMaximumPoolSize(threads + THREADS);
            tasks.setCorePoolSize(threads + THREADS);
        }
        watchingForStuck.set(false);
        if (tasks.getQueue().isEmpty()) {
            tasks.setCorePoolSize(THREADS);
            tasks.setMaximumPoolSize(THREADS);
        } else {
            watchForStuck();
        }
    }

    /** Starts no more tasks; lets those that were accepted run. */
    @Override
    public void close() {
        timer.shutdownNow();
        tasks.shutdown();
    }
}
