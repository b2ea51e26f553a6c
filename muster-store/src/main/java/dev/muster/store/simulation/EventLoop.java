package dev.muster.store.simulation;

import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The virtual clock and what is to happen, one event after the other, on the one thread that made it. */
final class EventLoop {

    private final Thread thread = Thread.currentThread();
    private final SeededRandom random;
    private final Trace trace;
    private final Queue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;
    private boolean inside;
    private @Nullable SimulatedProcess current;

    EventLoop(SeededRandom random, Trace trace) {
        this.random = random;
        this.trace = trace;
    }

    /** Virtual nanoseconds since the start. */
    long now() {
        return now;
    }

    /** Whether an event is under way: then nothing may wait for another. */
    boolean isInside() {
        return inside;
    }

    Event at(long time, @Nullable SimulatedProcess owner, String label, Runnable task) {
        checkThread();
        Event event = new Event(Math.max(now, time), random.nextLong(), ++sequence, owner, label, task);
        events.add(event);
        return event;
    }

    Event after(long nanos, @Nullable SimulatedProcess owner, String label, Runnable task) {
        return at(now + nanos, owner, label, task);
    }

    /** Lets the next event happen, if any. */
    boolean step() {
        checkThread();
        Event event = next();
        if (event == null) {
            return false;
        }
        now = event.at();
        trace.step(event);
        inside = true;
        current = event.owner;
        try {
            event.task.run();
        } finally {
            inside = false;
            current = null;
        }
        return true;
    }

    /** Puts back an event that had to wait. */
    void again(Event event) {
        event.move(now, random.nextLong());
        events.add(event);
    }

    /** The process whose event is under way, if any. */
    @Nullable
    SimulatedProcess current() {
        return current;
    }

    private @Nullable Event next() {
        while (true) {
            Event event = events.poll();
            if (event == null) {
                return null;
            }
            SimulatedProcess owner = event.owner;
            if (!event.isCancelled() && (owner == null || owner.lets(event))) {
                return event;
            }
        }
    }

    private void checkThread() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("The simulation was called on thread "
                    + Thread.currentThread().getName() + ", but all of it runs on " + thread.getName()
                    + ". The code under test must take its time and its threads from Store.scheduler(): no"
                    + " orTimeout, no async method of CompletableFuture without an executor, no thread of its own.");
        }
    }
}
