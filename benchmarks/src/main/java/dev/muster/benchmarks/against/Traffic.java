package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Client;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.peer.Tenure;
import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.PassThrough;
import dev.muster.benchmarks.server.Server;
import dev.muster.benchmarks.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What goes over the wire: each client by way of a socket that counts. Heartbeats are counted with the rest. */
public final class Traffic extends ServerRow {

    private static final int ROUNDS = 3;
    private static final Duration ROUND = Duration.ofMillis(300);

    public Traffic(Kind kind, Servers servers, List<Libraries> libraries) {
        super("traffic", kind, servers, libraries);
    }

    /** What one operation took. */
    private record Each(double bytes, double requests) {}

    /** What one client does for so long. */
    private interface Work {
        List<Tenure> by(Client client, Duration about) throws Exception;
    }

    @Override
    public String about() {
        return "bytes and requests for a lock pair, a group pair and a bare write, by a socket that counts";
    }

    @Override
    List<Line> run(Settings settings, Server server) throws Exception {
        List<Line> lines = new ArrayList<>();
        for (Libraries which : libraries()) {
            settings.progress().now(name() + ": " + which.option());
            try (PassThrough counting = PassThrough.to(server.host(), server.port());
                    Entrant entrant = new Entrant(which)) {
                entrant.enter(server, server.through(counting.port()), Field.place(settings, name()), 1);
                lines.addAll(measure(entrant, counting));
            }
        }
        return lines;
    }

    private List<Line> measure(Entrant entrant, PassThrough counting) {
        List<Line> lines = new ArrayList<>();
        List<Each> locks =
                entrant.attempt(() -> rounds(entrant, counting, (client, about) -> client.lock("free", about)));
        if (locks != null) {
            lines.add(line(entrant, entrant.library().hasLocks() ? "acquire and release" : "one write", locks));
            if (entrant.library().hasGroups()) {
                List<Each> groups = entrant.attempt(
                        () -> rounds(entrant, counting, (client, about) -> client.joinAndLeave("group", about)));
                if (groups != null) {
                    lines.add(line(entrant, "join and leave", groups));
                }
            }
        }
        if (!entrant.isIn()) {
            lines.add(Line.missing(name(), entrant.name(), entrant.failure()));
        }
        return lines;
    }

    /** The first round is not counted: it prepares statements, makes folders, loads scripts. */
    private static List<Each> rounds(Entrant entrant, PassThrough counting, Work work) throws Exception {
        List<Each> rounds = new ArrayList<>();
        for (int i = 0; i <= ROUNDS; i++) {
            PassThrough.Count before = counting.count();
            int operations = work.by(entrant.crowd().first(), ROUND).size();
            PassThrough.Count count = counting.count().minus(before);
            if (i > 0) {
                rounds.add(new Each((double) count.bytes() / operations, (double) count.requests() / operations));
            }
        }
        if (rounds.stream().allMatch(round -> round.bytes() == 0)) {
            throw new IOException("it does not go by way of the port that it was given");
        }
        return rounds;
    }

    private Line line(Entrant entrant, String what, List<Each> rounds) {
        Spread requests = Spread.of(rounds.stream().map(Each::requests).toList());
        return Line.of(
                        name(),
                        entrant.name() + ", " + what,
                        "bytes",
                        Spread.of(rounds.stream().map(Each::bytes).toList()))
                .note(Numbers.plain(requests.median()) + " requests");
    }
}
