package dev.muster.benchmarks.peer;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A watcher in this process: a library's own watch calls it. */
final class Callbacks implements Client.Watcher {

    private static final long SECONDS = 20;

    private final BlockingQueue<Long> joins = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> leaves = new LinkedBlockingQueue<>();
    private final AutoCloseable watching;

    /** What opens a watch that is told of both. */
    interface Opening {
        AutoCloseable open(Runnable onJoin, Runnable onLeave) throws Exception;
    }

    private Callbacks(Opening opening) throws Exception {
        watching = opening.open(() -> joins.add(System.nanoTime()), () -> leaves.add(System.nanoTime()));
    }

    static Callbacks of(Opening opening) throws Exception {
        return new Callbacks(opening);
    }

    @Override
    public long joined() throws InterruptedException {
        return next(joins, "joined");
    }

    @Override
    public void left() throws InterruptedException {
        next(leaves, "left");
    }

    private static long next(BlockingQueue<Long> queue, String what) throws InterruptedException {
        Long time = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (time == null) {
            throw new IllegalStateException("no callback within " + SECONDS + " s told that a member " + what);
        }
        return time;
    }

    @Override
    public void close() throws Exception {
        watching.close();
    }
}
