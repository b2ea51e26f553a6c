package dev.muster.store.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** What happened: always as a hash, and as text where it is being recorded. */
final class Trace {

    /** How many lines are kept: a system property, since a long story is worth reading now and then. */
    private static final int TAIL = Integer.getInteger("muster.sim.trace", 100);

    /** What goes on all the time, and would fill the tail. */
    private static final Set<String> ROUTINE = Set.of(
            Call.VERIFY.request,
            Call.VERIFY.reply,
            Call.HEARTBEAT.request,
            Call.HEARTBEAT.reply,
            Watches.DUE,
            Watches.VERIFIED,
            SimulatedSession.DUE,
            SimulatedSession.CHECK);

    private final boolean recording;
    private final Deque<String> tail = new ArrayDeque<>();
    private long hash;
    private long steps;

    Trace(boolean recording) {
        this.recording = recording;
    }

    long hash() {
        return hash;
    }

    long steps() {
        return steps;
    }

    List<String> tail() {
        return List.copyOf(tail);
    }

    void step(Event event) {
        steps++;
        mix(event.at());
        mix(event.label.hashCode());
        SimulatedProcess owner = event.owner;
        if (owner != null) {
            mix(owner.name().hashCode());
        }
        if (recording && !ROUTINE.contains(event.label)) {
            line(event.at(), owner == null ? "-" : owner.name(), event.label);
        }
    }

    /** @param text is only asked for where the trace is recorded: it must not change anything */
    void note(long at, String who, Supplier<String> text) {
        if (recording) {
            line(at, who, "  " + text.get());
        }
    }

    void mix(long value) {
        hash = SeededRandom.mix(hash * 31 + value);
    }

    private void line(long at, String who, String text) {
        if (tail.size() == TAIL) {
            tail.removeFirst();
        }
        tail.addLast(String.format(Locale.ROOT, "%12.6f s  %-8s %s", at / 1e9, who, text));
    }
}
