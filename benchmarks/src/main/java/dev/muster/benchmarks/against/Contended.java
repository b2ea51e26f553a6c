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
import org.jspecify.annotations.Nullable;

/** One lock that 2 and 8 clients want all the time. */
public final class Contended extends ServerRow {

    private static final int[] CROWDS = {2, 8};

    public Contended(Kind kind, Servers servers, List<Libraries> libraries) {
        super("contend", kind, servers, libraries);
    }

    @Override
    public String about() {
        return "one lock that 2 and 8 clients want all the time: how often it is had, and how it is handed over";
    }

    @Override
    List<Line> run(Settings settings, Server server) {
        List<Line> lines = new ArrayList<>();
        try (Field field = Field.of(settings, name(), server, libraries(), CROWDS[CROWDS.length - 1])) {
            for (int many : CROWDS) {
                Map<Libraries, List<Round>> rounds = field.rounds(
                        many + " contenders",
                        entrant -> work(entrant, many, settings.warmUp()),
                        entrant -> work(entrant, many, settings.round()));
                lines.addAll(rates(field, many, rounds));
                lines.addAll(handOvers(field, many, rounds));
            }
            lines.addAll(field.missing());
        }
        return lines;
    }

    /** The bare writer works alone: it is the limit, and there is nothing to contend for. */
    private static Round work(Entrant entrant, int many, Duration about) throws Exception {
        int working = entrant.library().hasLocks() ? many : 1;
        return entrant.crowd().work(working, about, (client, index) -> client.lock("wanted-" + many, about));
    }

    private List<Line> rates(Field field, int many, Map<Libraries, List<Round>> rounds) {
        Map<Libraries, Spread> rates = new EnumMap<>(Libraries.class);
        rounds.forEach((which, all) -> {
            if (which != Libraries.RAW) {
                rates.put(which, Spread.of(all.stream().map(Round::rate).toList()));
            }
        });
        List<Line> lines = Lines.rates(field, name(), many + " contenders", "pairs/s", rates, Library::note);
        if (rates.containsKey(Libraries.MUSTER)) {
            Line first = lines.get(0);
            lines.set(
                    0,
                    Goal.contended(kind(), many)
                            .map(goal -> goal.on(first, rates))
                            .orElse(first));
        }
        return lines;
    }

    private List<Line> handOvers(Field field, int many, Map<Libraries, List<Round>> rounds) {
        List<Line> lines = new ArrayList<>();
        List<Round> writes = rounds.get(Libraries.RAW);
        for (Entrant entrant : field.entrants()) {
            List<Round> all = rounds.get(entrant.which());
            if (all == null || entrant.which() == Libraries.RAW) {
                continue;
            }
            String contender = entrant.name() + ", hand-over among " + many;
            lines.addAll(handOvers(contender, entrant.which() == Libraries.MUSTER, all, writes));
        }
        if (writes != null) {
            List<double[]> times = writes.stream().map(Round::waits).toList();
            lines.add(Line.of(name(), "one bare write", "ms, p50", Spread.ofPercentile(times, 0.5))
                    .note("p99 " + Spread.ofPercentile(times, 0.99)));
        }
        return lines;
    }

    private List<Line> handOvers(String contender, boolean ours, List<Round> rounds, @Nullable List<Round> writes) {
        List<double[]> times = rounds.stream().map(Round::handOvers).toList();
        if (!Lines.any(times)) {
            return List.of(new Line(name(), contender, "", null, "it never changed hands in a round", "", null));
        }
        Spread middle = Spread.ofPercentile(times, 0.5);
        Spread tail = Spread.ofPercentile(times, 0.99);
        int changes = times.stream().mapToInt(round -> round.length).sum();
        int tenures = rounds.stream().mapToInt(Round::count).sum();
        long overlaps = rounds.stream().mapToLong(Round::overlaps).sum();
        String note = Numbers.plain(changes) + " hand-overs in " + Numbers.plain(tenures) + " tenures"
                + (overlaps == 0 ? "" : "; **two held it at once " + overlaps + " times**");
        Line first = Line.of(name(), contender, "ms, p50", middle);
        if (!ours || writes == null) {
            return List.of(first.note("p99 " + tail + "; " + note));
        }
        List<double[]> write = writes.stream().map(Round::waits).toList();
        return List.of(
                Goal.handOverMiddle(first.note(note), middle, Spread.ofPercentile(write, 0.5)),
                Goal.handOverTail(Line.of(name(), contender, "ms, p99", tail), tail, Spread.ofPercentile(write, 0.99)));
    }
}
