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
import java.util.concurrent.atomic.AtomicInteger;

/** Real time and real threads: one thread for timers, up to {@value #THREADS} for tasks; daemons, made when needed. */
public final class SystemScheduler implements Scheduler, AutoCloseable {

    /** How many callbacks of one store run at the same time at most. */
    public static final int THREADS = 16;

    private static final long IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor tasks;

    /** @param name what the threads are called after */
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
            Future<?> timing = timer.schedule(() -> executor().execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
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
        } catch (RejectedExecutionException closed) {
            if (!tasks.isShutdown()) {
                throw closed;
            }
        }
    }

    /** Starts no more tasks; lets those that were accepted run. */
    @Override
    public void close() {
        timer.shutdownNow();
        tasks.shutdown();
    }
}
