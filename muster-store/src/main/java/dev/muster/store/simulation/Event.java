package dev.muster.store.simulation;

import dev.muster.store.Cancellable;
import org.jspecify.annotations.Nullable;

/** Something that will happen, at a virtual time. Events of one time happen in an order that the seed draws. */
final class Event implements Comparable<Event>, Cancellable {

    final String label;
    final Runnable task;

    /** Whose doing it is: it waits while that process is paused, and does not happen once it crashed. */
    final @Nullable SimulatedProcess owner;

    private final long sequence;
    private long at;
    private long draw;
    private boolean cancelled;

    Event(long at, long draw, long sequence, @Nullable SimulatedProcess owner, String label, Runnable task) {
        this.at = at;
        this.draw = draw;
        this.sequence = sequence;
        this.owner = owner;
        this.label = label;
        this.task = task;
    }

    long at() {
        return at;
    }

    /** Puts off an event that waits in no queue. */
    void move(long to, long newDraw) {
        at = to;
        draw = newDraw;
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public int compareTo(Event other) {
        if (at != other.at) {
            return at < other.at ? -1 : 1;
        }
        return draw != other.draw ? Long.compare(draw, other.draw) : Long.compare(sequence, other.sequence);
    }
}
