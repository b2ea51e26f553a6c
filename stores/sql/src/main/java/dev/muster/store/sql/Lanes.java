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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Deque<Job> ready = new ArrayDeque<>();
    private final Map<String, Queue<Job>> busy = new HashMap<>();
    private final Set<Lane> lanes = new HashSet<>();

    /** Those that wait for work, the last used first. */
    private final Deque<Lane> idle = new ArrayDeque<>();

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

    private boolean enqueue(Job job, boolean first) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (waitsForDirectory(job)) {
                return true;
            }
            if (first) {
                ready.addFirst(job);
            } else {
                ready.addLast(job);
            }
            Lane free = idle.poll();
            if (free != null) {
                free.wake.signal();
            } else if (count < most) {
                Lane lane = new Lane(this, connector, lock.newCondition());
                lanes.add(lane);
                count++;
                Thread thread = new Thread(lane, name + "-lane-" + count);
                thread.setDaemon(true);
                thread.start();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether others are at the directory: then it is done after them. Else the directory is taken for it. */
    private boolean waitsForDirectory(Job job) {
        if (job.directory == null) {
            return false;
        }
        Queue<Job> waiting = busy.get(job.directory);
        if (waiting == null) {
            busy.put(job.directory, new ArrayDeque<>(2));
            return false;
        }
        waiting.add(job);
        return true;
    }

    /**
     * Does a job on this thread, which would only wait for it, by the connection of a lane that has nothing to do.
     *
     * @param patience for how long at most; then the connection is broken
     * @return false where no lane is free: then nothing was done
     */
    boolean perform(Job job, Duration patience) {
        Lane lane = lend(job);
        if (lane == null) {
            return false;
        }
        try {
            lane.perform(job, patience);
        } finally {
            giveBack(lane, job);
        }
        return true;
    }

    private @Nullable Lane lend(Job job) {
        lock.lock();
        try {
            Lane lane = idle.peek();
            if (closed || lane == null || !lane.isConnected() || !ready.isEmpty() || busy.containsKey(job.directory)) {
                return null;
            }
            waitsForDirectory(job);
            idle.remove(lane);
            lane.lent = true;
            return lane;
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Lane lane, Job done) {
        lock.lock();
        try {
            lane.lent = false;
            lane.lentUntil = System.nanoTime();
            leaveDirectory(done);
            if (closed || !ready.isEmpty()) {
                lane.wake.signal();
            } else {
                idle.addFirst(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the lane is to do next; null for no more. */
    @Nullable
    Job take(Lane lane) {
        lock.lock();
        try {
            return await(lane);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Job await(Lane lane) {
        boolean unused = false;
        try {
            while (lane.lent || ready.isEmpty()) {
                if (!lane.lent && (closed || (unused && count > 1))) {
                    return null;
                }
                if (!lane.lent && !idle.contains(lane)) {
                    idle.addFirst(lane);
                }
                unused = lane.wake.awaitNanos(IDLE.toNanos()) <= 0
                        && System.nanoTime() - lane.lentUntil >= IDLE.toNanos();
            }
            return ready.poll();
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt it: what it interrupts is not begun.
            return null;
        } finally {
            idle.remove(lane);
        }
    }

    /** The same, after a job: those that waited for its directory are let go on. */
    @Nullable
    Job next(Lane lane, Job done) {
        lock.lock();
        try {
            leaveDirectory(done);
            return await(lane);
        } finally {
            lock.unlock();
        }
    }

    private void leaveDirectory(Job done) {
        if (done.directory != null) {
            Queue<Job> waiting = busy.get(done.directory);
            Job next = waiting == null ? null : waiting.poll();
            if (next == null) {
                busy.remove(done.directory);
            } else {
                ready.addLast(next);
            }
        }
    }

    void left(Lane lane) {
        lock.lock();
        try {
            lanes.remove(lane);
            count--;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a job away that was not begun. Answers whether it was there. */
    boolean withdraw(Job job) {
        lock.lock();
        try {
            if (ready.remove(job)) {
                leaveDirectory(job);
                return true;
            }
            Queue<Job> waiting = job.directory == null ? null : busy.get(job.directory);
            return waiting != null && waiting.remove(job);
        } finally {
            lock.unlock();
        }
    }

    /** Drops what has waited for too long, as it does where all lanes hang. To be called now and then. */
    void dropLate() {
        List<Job> late = new ArrayList<>();
        lock.lock();
        try {
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
        } finally {
            lock.unlock();
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
        List<Lane> still;
        lock.lock();
        try {
            closed = true;
            dropped.addAll(ready);
            ready.clear();
            busy.values().forEach(waiting -> {
                dropped.addAll(waiting);
                waiting.clear();
            });
            lanes.forEach(lane -> lane.wake.signal());
            long rest = grace.toNanos();
            while (count > 0 && rest > 0) {
                rest = left.awaitNanos(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            still = List.copyOf(lanes);
            lock.unlock();
        }
        dropped.forEach(job -> job.drop(closed()));
        still.forEach(Lane::disconnect);
    }
}
