package dev.muster.benchmarks.watch;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.child.Cost;
import dev.muster.benchmarks.child.Idler;
import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What waiting costs: a process with 100 watches and 20 with one each, beside as many JVMs that do nothing. */
public final class IdleCost implements Benchmark {

    private static final int WATCHES = 100;
    private static final int OTHERS = 20;
    private static final long SETTLING_MILLIS = 15_000;
    private static final double TARGET = 2;

    private final String engine;

    public IdleCost(String engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "idle-" + engine;
    }

    @Override
    public String about() {
        return "21 idle processes with 120 watches beside 21 JVMs that do nothing, " + engine + " engine";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        List<Child> watchers = new ArrayList<>();
        List<Child> idlers = new ArrayList<>();
        try {
            start(settings.places().of(engine, "idle"), watchers, idlers);
            settings.progress().now(name() + ": settles");
            Thread.sleep(SETTLING_MILLIS);
            settings.progress().now(name() + ": idles for " + settings.idle().toSeconds() + " s");
            Cost watchersBefore = Cost.of(watchers);
            Cost idlersBefore = Cost.of(idlers);
            Thread.sleep(settings.idle().toMillis());
            Cost watching = Cost.of(watchers).minus(watchersBefore);
            Cost idling = Cost.of(idlers).minus(idlersBefore);
            return lines(watching, idling, settings.idle().toMillis() / 1e3);
        } finally {
            Child.closeAll(watchers);
            Child.closeAll(idlers);
        }
    }

    private static void start(String uri, List<Child> watchers, List<Child> idlers) throws IOException {
        for (int i = 0; i <= OTHERS; i++) {
            watchers.add(Child.start(IdleChild.class, uri, String.valueOf(i == 0 ? WATCHES : 1), String.valueOf(i)));
            idlers.add(Child.start(Idler.class));
            // One after the other: forty JVMs starting at once would take the machine away from everybody.
            watchers.get(i).expect("ready");
            idlers.get(i).expect("ready");
        }
    }

    private List<Line> lines(Cost watching, Cost idling, double seconds) {
        double watchers = watching.cpuSeconds() / seconds * 100;
        double idlers = idling.cpuSeconds() / seconds * 100;
        double more = watchers - idlers;
        return List.of(
                Line.of(name(), "Muster " + engine + ", 120 watches", "% of a core", once(watchers))
                        .note(Numbers.plain(more) + " % more than 21 idle JVMs, "
                                + Numbers.plain(watching.calls() / seconds) + " read and write calls/s")
                        .target("≤ 2 % more", more <= TARGET),
                Line.of(name(), "21 JVMs that do nothing", "% of a core", once(idlers)));
    }

    private static Spread once(double figure) {
        return new Spread(figure, figure, figure);
    }
}
