package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.peer.Library;
import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.Server;
import dev.muster.benchmarks.server.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Locks that nobody else wants: one client, and eight with a lock each. */
public final class Uncontended extends ServerRow {

    private static final int[] CROWDS = {1, 8};

    public Uncontended(Kind kind, Servers servers, List<Libraries> libraries) {
        super("lock", kind, servers, libraries);
    }

    @Override
    public String about() {
        return "acquire and release free locks, 1 client and 8 with a lock each, beside peers and bare writes";
    }

    @Override
    List<Line> run(Settings settings, Server server) {
        List<Line> lines = new ArrayList<>();
        try (Field field = Field.of(settings, name(), server, libraries(), CROWDS[CROWDS.length - 1])) {
            for (int many : CROWDS) {
                Map<Libraries, List<Round>> rounds = field.rounds(
                        clients(many),
                        entrant -> work(entrant, many, settings.warmUp()),
                        entrant -> work(entrant, many, settings.round()));
                lines.addAll(rates(field, many, rounds));
                if (many == 1) {
                    lines.addAll(acquires(rounds));
                }
            }
            lines.addAll(field.missing());
        }
        return lines;
    }

    private static String clients(int many) {
        return many == 1 ? "1 client" : many + " clients";
    }

    private static Round work(Entrant entrant, int many, Duration about) throws Exception {
        return entrant.crowd().work(many, about, (client, index) -> client.lock("free-" + index, about));
    }

    private List<Line> rates(Field field, int many, Map<Libraries, List<Round>> rounds) {
        Map<Libraries, Spread> rates = new EnumMap<>(Libraries.class);
        rounds.forEach((which, all) ->
                rates.put(which, Spread.of(all.stream().map(Round::rate).toList())));
        List<Line> lines = Lines.rates(field, name(), clients(many), "pairs/s", rates, Library::note);
        if (rates.containsKey(Libraries.MUSTER)) {
            lines.set(0, Goal.uncontended(kind()).on(lines.get(0), rates));
        }
        return lines;
    }

    /** How long an acquire alone takes, beside a write. */
    private List<Line> acquires(Map<Libraries, List<Round>> rounds) {
        List<Round> ours = rounds.get(Libraries.MUSTER);
        List<Round> writes = rounds.get(Libraries.RAW);
        if (ours == null || writes == null) {
            return List.of();
        }
        Spread acquire = Spread.ofPercentile(ours.stream().map(Round::waits).toList(), 0.5);
        Spread write = Spread.ofPercentile(writes.stream().map(Round::waits).toList(), 0.5);
        double ratio = acquire.over(write);
        return List.of(
                Line.of(name(), "Muster " + kind().engine() + ", acquire alone", "ms, p50", acquire)
                        .note(Numbers.plain(ratio) + " bare writes")
                        .target("≤ " + Goal.ACQUIRE_WRITES + " writes", ratio <= Goal.ACQUIRE_WRITES),
                Line.of(name(), "one bare write", "ms, p50", write));
    }
}
