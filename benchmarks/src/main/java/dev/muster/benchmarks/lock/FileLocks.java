package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Contender;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.tooz.Tooz;
import java.util.ArrayList;
import java.util.List;

/** The uncontended lock on the file engine, beside bare transactions of its database and beside tooz's file lock. */
public final class FileLocks implements Benchmark {

    private static final double TARGET = 4;
    private static final String OURS = "Muster file";
    private static final String BARE = "bare SQLite";
    private static final String PEER = "tooz file";

    @Override
    public String name() {
        return "lock-file";
    }

    @Override
    public String about() {
        return "acquire and release one free lock on one thread, file engine, beside bare write transactions";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new LockPairs(OURS, settings.places().file("lock")));
        contenders.add(new BareTransactions(BARE, settings.places().folder().resolve("bare.db")));
        try (Tooz tooz = Tooz.start(settings.python(), settings.places().folder())) {
            contenders.add(
                    tooz.lock(PEER, "file://" + settings.places().folder().resolve("tooz")));
            List<Spread> rates = InTurn.rates(settings, name(), contenders);
            List<Line> lines = lines(rates);
            double ratio = rates.get(0).over(rates.get(2));
            lines.add(Line.of(name(), PEER, "pairs/s", rates.get(2))
                    .note(tooz.version() + "; ours is " + Numbers.times(ratio)));
            return lines;
        } catch (Tooz.Missing missing) {
            List<Line> lines = lines(InTurn.rates(settings, name(), contenders));
            lines.add(Line.missing(name(), PEER, missing));
            return lines;
        }
    }

    private List<Line> lines(List<Spread> rates) {
        Spread ours = rates.get(0);
        Spread bare = rates.get(1);
        double transactions = bare.over(ours);
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(name(), OURS, "pairs/s", ours)
                .note("a pair takes the time of " + Numbers.plain(transactions) + " bare transactions")
                .target("≤ 4 bare transactions", transactions <= TARGET));
        lines.add(Line.of(name(), BARE, "transactions/s", bare));
        return lines;
    }
}
