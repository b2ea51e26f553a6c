package dev.muster.store.simulation;

import dev.muster.store.Scheduler;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One process of a simulation: its tasks and timers, its line to the server, and what befalls it. */
public final class SimulatedProcess {

    private final Simulation simulation;
    private final String name;
    private final ProcessScheduler scheduler;
    private final Line line;
    private final List<Event> waiting = new ArrayList<>();
    private final List<Runnable> onCrash = new ArrayList<>();
    private long pausedUntil;
    private boolean paused;
    private boolean crashed;

    SimulatedProcess(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        this.scheduler = new ProcessScheduler(simulation, this);
        this.line = new Line(simulation, this);
    }

    public String name() {
        return name;
    }

    /** Opens a connection to the server. */
    public Store connect() {
        return new SimulatedStore(simulation, this);
    }

    /** The time and tasks of this process: the same that its stores have. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Whether it runs: neither paused nor crashed. */
    public boolean isRunning() {
        return !paused && !crashed;
    }

    public boolean isCrashed() {
        return crashed;
    }

    /** Stops all that the process does, as SIGSTOP would. Time and messages go on; afterwards, all happens at once. */
    public void pause(Duration length) {
        if (crashed) {
            return;
        }
        simulation.note(name, () -> "paused for " + length);
        paused = true;
        pausedUntil = Math.max(pausedUntil, simulation.loop().now() + length.toNanos());
        simulation.loop().at(pausedUntil, null, "pause ends", this::resumeWhenDue);
    }

    private void resumeWhenDue() {
        if (simulation.loop().now() >= pausedUntil) {
            resume();
        }
    }

    /** Ends a pause. */
    public void resume() {
        if (paused) {
            paused = false;
            pausedUntil = 0;
            simulation.note(name, () -> "resumed");
            waiting.forEach(simulation.loop()::again);
            waiting.clear();
        }
    }

    /** Kills the process: none of its tasks runs any more. Its sessions end when the server has waited long enough. */
    public void crash() {
        if (!crashed) {
            simulation.note(name, () -> "crashed");
            crashed = true;
            waiting.clear();
            onCrash.forEach(Runnable::run);
        }
    }

    /** Cuts the line to the server both ways. What is on its way is lost, or held until the line is whole again. */
    public void cut(Duration length) {
        line.cut(length, true, true);
    }

    /** Cuts the way to the server alone: what the server sends still arrives. */
    public void cutRequests(Duration length) {
        line.cut(length, true, false);
    }

    /** Cuts the way from the server alone: requests still arrive there. */
    public void cutReplies(Duration length) {
        line.cut(length, false, true);
    }

    /** Makes the line whole. */
    public void heal() {
        line.heal();
    }

    /** Loses the next request of this kind. */
    public void loseNextRequest(Call call) {
        line.script(call, Line.Way.REQUEST, Line.LOSE);
    }

    /** Loses the next reply of this kind: what it answers has happened. */
    public void loseNextReply(Call call) {
        line.script(call, Line.Way.REPLY, Line.LOSE);
    }

    /** Delays the next request of this kind; others overtake it. */
    public void holdNextRequest(Call call, Duration length) {
        line.script(call, Line.Way.REQUEST, length.toNanos());
    }

    /** Delays the next reply of this kind. */
    public void holdNextReply(Call call, Duration length) {
        line.script(call, Line.Way.REPLY, length.toNanos());
    }

    Line line() {
        return line;
    }

    ProcessScheduler tasks() {
        return scheduler;
    }

    void onCrash(Runnable listener) {
        onCrash.add(listener);
    }

    /** Whether an event of this process may happen now. One that may not is kept for later, or dropped. */
    boolean lets(Event event) {
        if (paused && !crashed) {
            waiting.add(event);
        }
        return isRunning();
    }

    @Override
    public String toString() {
        return "process " + name + (crashed ? " (crashed)" : paused ? " (paused)" : "");
    }
}
