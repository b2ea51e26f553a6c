package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Client;
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
import java.util.concurrent.ThreadLocalRandom;

/** A member that joins and leaves a group, and how soon another is told. */
public final class Joins extends ServerRow {

    private static final int CLIENTS = 2;
    private static final int JOINS = 30;
    private static final int QUICK_JOINS = 10;

    private int groups;

    public Joins(Kind kind, Servers servers, List<Libraries> libraries) {
        super("join", kind, servers, libraries);
    }

    @Override
    public String about() {
        return "join and leave a group, and from one's join to the callback of another client that watches";
    }

    @Override
    List<Line> run(Settings settings, Server server) {
        List<Line> lines = new ArrayList<>();
        try (Field field = Field.of(settings, name(), server, libraries(), CLIENTS)) {
            field.entrants().forEach(Joins::mustHaveGroups);
            Map<Libraries, List<Round>> pairs = field.rounds(
                    "join and leave",
                    entrant -> work(entrant, settings.warmUp()),
                    entrant -> work(entrant, settings.round()));
            Map<Libraries, Spread> rates = new EnumMap<>(Libraries.class);
            pairs.forEach((which, rounds) ->
                    rates.put(which, Spread.of(rounds.stream().map(Round::rate).toList())));
            lines.addAll(Lines.rates(field, name(), "1 client", "joins + leaves/s", rates, Library::groupNote));
            int joins = settings.isQuick() ? QUICK_JOINS : JOINS;
            lines.addAll(callbacks(
                    field,
                    field.rounds(
                            "join to callback", entrant -> delays(entrant, 2), entrant -> delays(entrant, joins))));
            lines.addAll(field.missing());
        }
        return lines;
    }

    private static void mustHaveGroups(Entrant entrant) {
        entrant.attempt(() -> {
            if (entrant.which() != Libraries.RAW && !entrant.library().hasGroups()) {
                throw new UnsupportedOperationException("it has no groups on this server");
            }
            return entrant;
        });
    }

    private static Round work(Entrant entrant, Duration about) throws Exception {
        boolean bare = entrant.which() == Libraries.RAW;
        return entrant.crowd()
                .work(
                        1,
                        about,
                        (client, index) -> bare ? client.lock("key", about) : client.joinAndLeave("pairs", about));
    }

    /** Milliseconds from just before each call of join to the callback at another client. */
    private double[] delays(Entrant entrant, int joins) throws Exception {
        double[] millis = new double[entrant.which() == Libraries.RAW ? 0 : joins];
        if (millis.length == 0) {
            return millis;
        }
        String group = "watched-" + groups++;
        Client member = entrant.crowd().first();
        Client.Watcher watcher = entrant.crowd().second().watch(group);
        try {
            for (int i = 0; i < millis.length; i++) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(2, 13));
                long asked = member.join(group);
                millis[i] = (watcher.joined() - asked) / 1e6;
                member.leave();
                watcher.left();
            }
        } finally {
            watcher.close();
        }
        return millis;
    }

    private List<Line> callbacks(Field field, Map<Libraries, List<double[]>> samples) {
        List<Line> lines = new ArrayList<>();
        for (Entrant entrant : field.entrants()) {
            List<double[]> rounds = samples.get(entrant.which());
            if (rounds != null && Lines.any(rounds)) {
                lines.add(Line.of(
                                name(),
                                entrant.name() + ", join to callback",
                                "ms, p50",
                                Spread.ofPercentile(rounds, 0.5))
                        .note("p99 " + Spread.ofPercentile(rounds, 0.99) + ", of "
                                + rounds.stream()
                                        .mapToInt(round -> round.length)
                                        .sum() + " joins"));
            }
        }
        return lines;
    }
}
