package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Contender;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.tooz.Tooz;
import java.util.List;

/** The uncontended lock on the ipc engine, beside tooz's, which is a semaphore of System V. */
public final class IpcLocks implements Benchmark {

    private static final String OURS = "Muster ipc";
    private static final String PEER = "tooz ipc";

    @Override
    public String name() {
        return "lock-ipc";
    }

    @Override
    public String about() {
        return "acquire and release one free lock on one thread, ipc engine, beside tooz's ipc driver";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        Contender ours = new LockPairs(OURS, settings.places().ipc("lock"));
        try (Tooz tooz = Tooz.start(settings.python(), settings.places().folder())) {
            List<Spread> rates = InTurn.rates(settings, name(), List.of(ours, tooz.lock(PEER, "ipc://")));
            double ratio = rates.get(0).over(rates.get(1));
            return List.of(
                    Line.of(name(), OURS, "pairs/s", rates.get(0))
                            .note(Numbers.times(ratio) + " tooz ipc")
                            .target("≥ 1 × tooz ipc", ratio >= 1),
                    Line.of(name(), PEER, "pairs/s", rates.get(1)).note(tooz.version()));
        } catch (Tooz.Missing missing) {
            Spread pairs = InTurn.rates(settings, name(), List.of(ours)).get(0);
            return List.of(Line.of(name(), OURS, "pairs/s", pairs), Line.missing(name(), PEER, missing));
        }
    }
}
