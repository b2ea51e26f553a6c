package dev.muster.store.spi;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one at a time, in order, on another executor. What a task throws is logged. */
public final class SerialExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    public SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            executor.execute(this::runAll);
        }
    }

    /** Runs the task on this thread, unless one is being run: then after it, where that is. */
    public void executeHere(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            runAll();
        }
    }

    private void runAll() {
        boolean more = true;
        while (more) {
            boolean survived = false;
            try {
                run(tasks.remove());
                survived = true;
            } finally {
                more = waiting.decrementAndGet() > 0;
                if (more && !survived) {
                    // An error ends this thread, not what others have to run.
                    executor.execute(this::runAll);
                }
            }
        }
    }

    /** Other languages throw checked exceptions undeclared. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Exception e) {
            LOG.warn("a callback threw; the next ones still run", e);
        }
    }
}
