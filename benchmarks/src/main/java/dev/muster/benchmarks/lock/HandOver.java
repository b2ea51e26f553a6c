package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How long a lock that many want is nobody's: from the call that releases it to the return of the call that waited for
 * it. On memory between threads, else between processes; the clock is one for all processes of a host.
 */
public final class HandOver implements Benchmark {

    private static final int[] CROWDS = {2, 8};

    private final String engine;

    public HandOver(String engine) {
        this.engine = engine;
    }

    /** One time that a lock was held. */
    private record Tenure(long token, long acquired, long releasing) {}

    @Override
    public String name() {
        return "handover-" + engine;
    }

    @Override
    public String about() {
        return "from release to the next holder, 2 and 8 wanting one lock all the time, " + engine + " engine";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        List<Line> lines = new ArrayList<>();
        for (int crowd : CROWDS) {
            lines.addAll(run(settings, crowd));
        }
        return lines;
    }

    private List<Line> run(Settings settings, int crowd) throws Exception {
        List<Child> children = new ArrayList<>();
        try {
            boolean memory = engine.equals("memory");
            String uri = memory ? "memory:" : settings.places().of(engine, "handover");
            for (int i = 0; i < (memory ? 1 : crowd); i++) {
                children.add(
                        Child.start(ContendingChild.class, uri, String.valueOf(memory ? crowd : 1), String.valueOf(i)));
            }
            for (Child child : children) {
                child.expect("ready");
            }
            String name = crowd + " contenders";
            settings.progress().now(name() + ": " + name + " warm up");
            // Each process has compilers of its own, which need their time on the same processors.
            for (int i = 0; i < (settings.isQuick() ? 1 : crowd); i++) {
                handOvers(children, settings);
            }
            List<double[]> rounds =
                    InTurn.alone(settings, name(), new InTurn.Turn<>(name, () -> handOvers(children, settings)));
            return List.of(Line.of(name(), name, "µs, median", percentile(rounds, 0.5))
                    .note("99 % within "
                            + Numbers.plain(percentile(rounds, 0.99).median()) + " µs; "
                            + Numbers.plain(rounds.stream()
                                            .mapToInt(all -> all.length)
                                            .average()
                                            .orElse(0)
                                    / (settings.round().toNanos() / 1e9))
                            + " hand-overs/s"));
        } finally {
            Child.closeAll(children);
        }
    }

    private static Spread percentile(List<double[]> rounds, double share) {
        return Spread.of(rounds.stream()
                .map(samples -> Spread.percentile(samples, share))
                .toList());
    }

    /** Lets all contend for a round, and answers the microseconds of each hand-over. */
    private static double[] handOvers(List<Child> children, Settings settings) throws IOException {
        for (Child child : children) {
            child.tell("contend " + settings.round().toMillis());
        }
        List<Tenure> tenures = new ArrayList<>();
        for (Child child : children) {
            int count = Integer.parseInt(child.answer());
            for (int i = 0; i < count; i++) {
                String[] fields = child.answer().split(" ", -1);
                tenures.add(
                        new Tenure(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2])));
            }
        }
        tenures.sort(Comparator.comparingLong(Tenure::token));
        double[] gaps = new double[tenures.size() - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (tenures.get(i + 1).acquired() - tenures.get(i).releasing()) / 1000.0;
        }
        return gaps;
    }
}
