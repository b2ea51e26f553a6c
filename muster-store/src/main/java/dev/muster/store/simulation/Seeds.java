package dev.muster.store.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario for many seeds, each in a world of its own with some of the faults. The first seed that fails is played
 * again with its trace kept, and thrown as a {@link SimulationFailure}.
 *
 * <p>System properties: {@code muster.sim.seeds} says how many seeds to run in place of the usual number, {@code
 * muster.sim.first} with which to begin (0), {@code muster.sim.seed} to run this one alone, {@code muster.sim.trace} how many lines of a
 * failing run to show (100).
 */
public final class Seeds {

    /** How many seeds run unless a number is given. */
    public static final int USUAL = 2_000;

    private final int count;
    private final Faults faults;
    private final boolean all;
    private final Parts parts;

    private Seeds(int count, Faults faults, boolean all, Parts parts) {
        this.count = count;
        this.faults = faults;
        this.all = all;
        this.parts = parts;
    }

    /** {@value #USUAL} seeds with some of the usual faults. */
    public static Seeds usual() {
        return count(USUAL);
    }

    public static Seeds count(int count) {
        return new Seeds(count, Faults.USUAL, false, new Parts());
    }

    /** Each seed draws some of these faults. */
    public Seeds with(Faults some) {
        return new Seeds(count, some, false, parts);
    }

    /** Each seed has exactly these faults. */
    public Seeds withAll(Faults every) {
        return new Seeds(count, every, true, parts);
    }

    Seeds madeOf(Parts faulty) {
        return new Seeds(count, faults, all, faulty);
    }

    /**
     * Plays the scenario for each seed.
     *
     * @throws SimulationFailure for the first that fails
     */
    public void forEach(Scenario scenario) {
        Long only = Long.getLong("muster.sim.seed");
        long first = only != null ? only : Long.getLong("muster.sim.first", 0);
        long seeds = only != null ? 1 : Integer.getInteger("muster.sim.seeds", count);
        for (long seed = first; seed < first + seeds; seed++) {
            run(seed, scenario);
        }
    }

    /** Plays the scenario for one seed. Answers the hash of what happened. */
    public long run(long seed, Scenario scenario) {
        Outcome outcome = play(seed, scenario, false);
        if (outcome.problem == null) {
            return outcome.hash;
        }
        Outcome again = play(seed, scenario, true);
        throw new SimulationFailure(seed, describe(seed, outcome, again), outcome.problem);
    }

    private record Outcome(long hash, @Nullable Throwable problem, List<String> tail) {}

    private Outcome play(long seed, Scenario scenario, boolean recording) {
        Faults drawn = all ? faults : faults.some(new SeededRandom(~seed));
        try (Simulation simulation = new Simulation(seed, drawn, parts, recording)) {
            Throwable problem = null;
            try {
                scenario.play(simulation);
                simulation.throwFailure();
            } catch (Exception | Error e) {
                problem = e;
            }
            return new Outcome(
                    simulation.traceHash(), problem, simulation.trace().tail());
        }
    }

    private static String describe(long seed, Outcome outcome, Outcome again) {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + seed + " failed: " + outcome.problem);
        lines.add("replay with -Dmuster.sim.seed=" + seed + " -Dtest=" + test());
        if (outcome.hash != again.hash) {
            lines.add(
                    "NOT EXACT: a second run of the seed took another course, so something does not come from the seed"
                            + " (a hash order, the wall clock, a thread, state that outlives the scenario)");
        }
        lines.add("what happened last:");
        lines.addAll(again.tail);
        return String.join("\n", lines);
    }

    /** The class and method, outside of this one, that called. */
    private static String test() {
        return StackWalker.getInstance().walk(frames -> {
            String className = null;
            String method = "";
            for (StackWalker.StackFrame frame : (Iterable<StackWalker.StackFrame>) frames::iterator) {
                if (className == null && !frame.getClassName().equals(Seeds.class.getName())) {
                    className = frame.getClassName();
                }
                if (frame.getClassName().equals(className)) {
                    method = frame.getMethodName();
                }
            }
            return className == null ? "" : className.substring(className.lastIndexOf('.') + 1) + "#" + method;
        });
    }
}
