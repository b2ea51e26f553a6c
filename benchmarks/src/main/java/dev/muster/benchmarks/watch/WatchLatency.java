package dev.muster.benchmarks.watch;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** How late another process is told of a commit: from just before the commit is called to the callback. */
public final class WatchLatency implements Benchmark {

    static final String DIRECTORY = "bench/latency";

    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final int COMMITS = 150;
    private static final double TARGET_P50 = 5;
    private static final double TARGET_P99 = 30;

    private final String engine;
    private long number;

    public WatchLatency(String engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "watch-" + engine;
    }

    @Override
    public String about() {
        return "from a commit to the callback in another process, one commit each 2 to 12 ms, " + engine + " engine";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        String uri = settings.places().of(engine, "watch");
        try (Store store = Store.open(uri);
                Child watcher = Child.start(LatencyChild.class, uri)) {
            watcher.expect("ready");
            delays(store, watcher);
            List<double[]> rounds =
                    InTurn.alone(settings, name(), new InTurn.Turn<>("Muster " + engine, () -> delays(store, watcher)));
            Spread middle = Spread.ofPercentile(rounds, 0.5);
            Spread tail = Spread.ofPercentile(rounds, 0.99);
            return List.of(
                    Line.of(name(), "Muster " + engine + ", p50", "ms", middle)
                            .target("≤ 5 ms", middle.median() <= TARGET_P50),
                    Line.of(name(), "Muster " + engine + ", p99", "ms", tail)
                            .note("over " + rounds.size() + " rounds of " + COMMITS + " commits")
                            .target("≤ 30 ms", tail.median() <= TARGET_P99));
        }
    }

    /** Milliseconds. */
    private double[] delays(Store store, Child watcher) throws Exception {
        for (int i = 0; i < COMMITS; i++) {
            Thread.sleep(ThreadLocalRandom.current().nextInt(2, 13));
            String value = ++number + " " + System.nanoTime();
            store.commit(Commit.in(DIRECTORY).put("value", Bytes.utf8(value)).build(), WAIT);
        }
        watcher.tell(String.valueOf(number));
        return Stream.of(watcher.answer().split(" ", -1))
                .mapToDouble(nanos -> Long.parseLong(nanos) / 1e6)
                .toArray();
    }
}
