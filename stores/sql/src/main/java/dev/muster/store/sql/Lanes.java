package dev.muster.store.sql;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.TimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that work is done on, each with a thread of its own, as a statement blocks its thread. They are made
 * when there is work for them. A directory is worked on by one at a time: two would only wait for each other in the
 * database, and so what one asks for is done in the order it was asked.
 */
final class Lanes {

    /** A lane without work for so long is given up, but for one. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final String name;
    private final int most;
    private final Duration timeout;
    private final Connector connector;

    private final Deque<Job> ready = new ArrayDeque<>();
    private final Map<String, Queue<Job>> busy = new HashMap<>();
    private final Set<Lane> lanes = new HashSet<>();
    private int idle;
    private int count;
    private boolean closed;

    /** @param timeout how long a job may wait for a lane */
    Lanes(String name, int most, Duration timeout, Connector connector) {
        this.name = name;
        this.most = most;
        this.timeout = timeout;
        this.connector = connector;
    }

    long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    void submit(Job job) {
        if (!enqueue(job, false)) {
            job.drop(closed());
        }
    }

    /** Before all that wait. */
    void submitFirst(Job job) {
        if (!enqueue(job, true)) {
            job.drop(closed());
        }
    }

    private synchronized boolean enqueue(Job job, boolean first) {
        if (closed) {
            return false;
        }
        if (job.directory != null) {
            Queue<Job> waiting = busy.get(job.directory);
            if (waiting != null) {
                waiting.add(job);
                return true;
            }
            busy.put(job.directory, new ArrayDeque<>(2));
        }
        if (first) {
            ready.addFirst(job);
        } else {
            ready.addLast(job);
        }
        if (idle >= ready.size()) {
            notify();
        } else if (count < most) {
            Lane lane = new Lane(this, connector);
            lanes.add(lane);
            count++;
            Thread thread = new Thread(lane, name + "-lane-" + count);
            thread.setDaemon(true);
            thread.start();
        }
        return true;
    }

    /** What to do next; null for no more. */
    synchronized @Nullable Job take() {
        long until = System.nanoTime() + IDLE.toNanos();
        idle++;
        try {
            while (ready.isEmpty()) {
                long left = Math.max(0, (until - System.nanoTime()) / 1_000_000);
                if (closed || (left == 0 && count > 1)) {
                    return null;
                }
                wait(Math.max(left, 1));
            }
            return ready.poll();
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt it: what it interrupts is not begun.
            return null;
        } finally {
            idle--;
        }
    }

    /** The same, after a job: those that waited for its directory are let go on. */
    synchronized @Nullable Job next(Job done) {
        if (done.directory != null) {
            Queue<Job> waiting = busy.get(done.directory);
            Job next = waiting == null ? null : waiting.poll();
            if (next == null) {
                busy.remove(done.directory);
            } else {
                ready.addLast(next);
            }
        }
        return take();
    }

    synchronized void left(Lane lane) {
        lanes.remove(lane);
        count--;
        notifyAll();
    }

    /** Takes a job away that was not begun. Answers whether it was there. */
    synchronized boolean withdraw(Job job) {
        boolean found = ready.remove(job);
        if (found && job.directory != null) {
            Queue<Job> waiting = busy.get(job.directory);
            Job next = waiting == null ? null : waiting.poll();
            if (next == null) {
                busy.remove(job.directory);
            } else {
                ready.addLast(next);
            }
        } else if (!found && job.directory != null) {
            Queue<Job> waiting = busy.get(job.directory);
            found = waiting != null && waiting.remove(job);
        }
        return found;
    }

    /** Drops what has waited for too long, as it does where all lanes hang. To be called now and then. */
    void dropLate() {
        List<Job> late = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            for (Job job : ready) {
                if (job.deadline - now < 0) {
                    late.add(job);
                }
            }
            for (Queue<Job> waiting : busy.values()) {
                for (Iterator<Job> each = waiting.iterator(); each.hasNext(); ) {
                    Job job = each.next();
                    if (job.deadline - now < 0) {
                        each.remove();
                        late.add(job);
                    }
                }
            }
            late.forEach(this::withdraw);
        }
        late.forEach(job -> job.drop(late()));
    }

    MusterException late() {
        return new TimeoutException(
                "No connection to the database was free within " + timeout.toMillis()
                        + " ms: nothing was sent. Check that the server answers, or allow more connections (option connections).");
    }

    MusterException closed() {
        return new ConnectionException("The store is closed: open it again");
    }

    /** Takes no more jobs, waits a while for those under way, then breaks their connections. */
    void close(Duration grace) {
        List<Job> dropped = new ArrayList<>();
        List<Lane> left;
        synchronized (this) {
            closed = true;
            dropped.addAll(ready);
            ready.clear();
            busy.values().forEach(waiting -> {
                dropped.addAll(waiting);
                waiting.clear();
            });
            notifyAll();
            long until = System.nanoTime() + grace.toNanos();
            try {
                while (count > 0 && until - System.nanoTime() > 0) {
                    wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            left = List.copyOf(lanes);
        }
        dropped.forEach(job -> job.drop(closed()));
        left.forEach(Lane::disconnect);
    }
}
