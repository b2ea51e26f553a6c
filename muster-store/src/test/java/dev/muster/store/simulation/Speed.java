package dev.muster.store.simulation;

/** How fast scenarios run: to be started by hand. */
public final class Speed {
    private Speed() {}

    public static void main(String[] args) {
        for (int round = 0; round < 3; round++) {
            measure("counter", CounterTest::settledIncrements);
            measure("watch", WatchViewTest::writeAndWatch);
            measure(
                    "wiped",
                    WatchViewTest::writeAndWatch,
                    Faults.USUAL.without(Fault.CRASH).with(Fault.SERVER_WIPE, 0.01));
            measure("exclusion", MutualExclusionTest::takeTurns);
            measure("settle", SettlementTest::appendAndCompare);
        }
    }

    private static void measure(String name, Scenario scenario) {
        measure(name, scenario, Faults.USUAL.without(Fault.CRASH));
    }

    private static void measure(String name, Scenario scenario, Faults faults) {
        long[] sums = new long[2];
        long start = System.nanoTime();
        Seeds.count(2000).with(faults).forEach(simulation -> {
            scenario.play(simulation);
            sums[0] += simulation.trace().steps();
            sums[1] += simulation.now().toSeconds();
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%-10s %6.2f s for 2000 seeds, %d events and %d virtual seconds a seed%n",
                name, seconds, sums[0] / 2000, sums[1] / 2000);
    }
}
