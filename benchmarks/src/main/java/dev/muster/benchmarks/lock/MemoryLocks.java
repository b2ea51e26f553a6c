package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import java.util.List;

/** The uncontended lock on the memory engine: what the recipes themselves cost. */
public final class MemoryLocks implements Benchmark {

    private static final double TARGET = 500_000;

    @Override
    public String name() {
        return "lock-memory";
    }

    @Override
    public String about() {
        return "acquire and release one free lock on one thread, memory engine";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        Spread pairs = InTurn.rates(settings, name(), List.of(new LockPairs("Muster memory", "memory:")))
                .get(0);
        return List.of(Line.of(name(), "Muster memory", "pairs/s", pairs)
                .target("≥ 500,000 pairs/s", pairs.median() >= TARGET));
    }
}
