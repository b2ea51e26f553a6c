package dev.muster.store.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The line between one process and the server. Requests and replies overtake each other; what is pushed does not. */
final class Line {

    enum Way {
        REQUEST,
        REPLY
    }

    /** In place of a delay: the message is lost. */
    static final long LOSE = -1;

    private static final long LEAST_NANOS = 100_000;
    private static final long MOST_NANOS = 2_000_000;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Map<Way, Map<Call, Queue<Long>>> scripts = new EnumMap<>(Way.class);
    private final Map<Way, Long> cutUntil = new EnumMap<>(Way.class);
    private final Deque<Runnable> pushed = new ArrayDeque<>();
    private long lastPush;

    Line(Simulation simulation, SimulatedProcess process) {
        this.simulation = simulation;
        this.process = process;
    }

    void script(Call call, Way way, long delay) {
        scripts.computeIfAbsent(way, absent -> new EnumMap<>(Call.class))
                .computeIfAbsent(call, absent -> new ArrayDeque<>())
                .add(delay);
    }

    void cut(Duration length, boolean requests, boolean replies) {
        long until = simulation.loop().now() + length.toNanos();
        simulation.note(
                process.name(),
                () -> "line cut for " + length + (requests ? ", to the server" : "")
                        + (replies ? ", from the server" : ""));
        if (requests) {
            cutUntil.merge(Way.REQUEST, until, Math::max);
        }
        if (replies) {
            cutUntil.merge(Way.REPLY, until, Math::max);
        }
    }

    void heal() {
        cutUntil.clear();
    }

    void request(Call call, Runnable arrival) {
        if (process.isCrashed()) {
            return;
        }
        simulation.nemesis().strike(process);
        long delay = delay(call, Way.REQUEST, Fault.LOST_REQUEST);
        if (delay != LOSE) {
            simulation.loop().after(delay, null, call.request, () -> arrive(Way.REQUEST, call.request, arrival));
        }
    }

    void reply(Call call, Runnable arrival) {
        long delay = delay(call, Way.REPLY, Fault.LOST_REPLY);
        if (delay != LOSE) {
            simulation.loop().after(delay, process, call.reply, () -> arrive(Way.REPLY, call.reply, arrival));
        }
    }

    /** Sends what must arrive in order, or not at all. */
    void push(String label, boolean mayVanish, Runnable arrival) {
        if (mayVanish && chance(Fault.LOST_EVENT)) {
            simulation.note(process.name(), () -> "lost: " + label);
            return;
        }
        pushed.add(arrival);
        lastPush = Math.max(lastPush, simulation.loop().now() + usualDelay());
        simulation.loop().at(lastPush, process, label, () -> arrivePushed(label));
    }

    private void arrivePushed(String label) {
        arrive(Way.REPLY, label, () -> pushed.remove().run(), () -> pushed.remove());
    }

    private void arrive(Way way, String label, Runnable arrival) {
        arrive(way, label, arrival, () -> {});
    }

    private void arrive(Way way, String label, Runnable arrival, Runnable lost) {
        Long until = cutUntil.get(way);
        if (until == null || until <= simulation.loop().now()) {
            arrival.run();
        } else if (simulation.chances().chance(0.5)) {
            simulation.note(process.name(), () -> "lost at the cut: " + label);
            lost.run();
        } else {
            SimulatedProcess owner = way == Way.REPLY ? process : null;
            long heals = until + simulation.chances().between(0, MOST_NANOS);
            simulation.loop().at(heals, owner, label + " held", () -> arrive(way, label, arrival, lost));
        }
    }

    private long delay(Call call, Way way, Fault loss) {
        Long scripted = scripted(call, way);
        if (scripted != null) {
            return scripted;
        }
        if (chance(loss)) {
            simulation.note(process.name(), () -> "lost: " + (way == Way.REQUEST ? call.request : call.reply));
            return LOSE;
        }
        return usualDelay();
    }

    private long usualDelay() {
        return chance(Fault.SLOW_MESSAGE)
                ? simulation
                        .chances()
                        .skewed(MOST_NANOS, simulation.faults().longest().toNanos())
                : simulation.chances().between(LEAST_NANOS, MOST_NANOS);
    }

    private boolean chance(Fault fault) {
        return simulation.chances().chance(simulation.faults().rate(fault));
    }

    private @Nullable Long scripted(Call call, Way way) {
        Map<Call, Queue<Long>> calls = scripts.get(way);
        Queue<Long> delays = calls == null ? null : calls.get(call);
        return delays == null ? null : delays.poll();
    }
}
