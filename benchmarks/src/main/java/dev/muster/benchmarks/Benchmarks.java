package dev.muster.benchmarks;

import dev.muster.benchmarks.against.Contended;
import dev.muster.benchmarks.against.Joins;
import dev.muster.benchmarks.against.Traffic;
import dev.muster.benchmarks.against.Uncontended;
import dev.muster.benchmarks.group.Joining;
import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Busy;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Machine;
import dev.muster.benchmarks.harness.Places;
import dev.muster.benchmarks.harness.Progress;
import dev.muster.benchmarks.harness.Report;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.lock.FileLocks;
import dev.muster.benchmarks.lock.HandOver;
import dev.muster.benchmarks.lock.IpcLocks;
import dev.muster.benchmarks.lock.MemoryLocks;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.ring.FastRing;
import dev.muster.benchmarks.ring.PythonRing;
import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.Server;
import dev.muster.benchmarks.server.Servers;
import dev.muster.benchmarks.watch.IdleCost;
import dev.muster.benchmarks.watch.WatchLatency;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.StoreUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures Muster beside its peers on this machine, and prints one table. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures Muster beside its peers on this machine, and prints one table.",
        footer = {
            "",
            "Without rows: all that need no server. With --against alone: those of the servers that the peers work with,"
                    + " each server started here, durable, on a free port.",
            "",
            "Exit status: 0 when the table was printed, reached or not; 1 when a row failed."
        })
public final class Benchmarks implements Callable<Integer> {

    private static final List<Benchmark> LOCAL = List.of(
            new MemoryLocks(),
            new FileLocks(),
            new IpcLocks(),
            new HandOver("memory"),
            new HandOver("file"),
            new HandOver("ipc"),
            new FastRing(),
            new PythonRing(),
            new Joining("file"),
            new Joining("ipc"),
            new WatchLatency("file"),
            new WatchLatency("ipc"),
            new IdleCost("file"),
            new IdleCost("ipc"));

    private static final Pattern WITH_USER = Pattern.compile("://[^/@ ]*@");
    private static final int ROUNDS = 9;
    // A comparison has many contenders: with these all four servers take less than a quarter of an hour.
    private static final int ROUNDS_AGAINST = 5;

    @Parameters(
            paramLabel = "ROW|URL",
            description = "The rows to measure, by name or its first part; a URL is as with --store.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--against",
            paramLabel = "PEER",
            split = ",",
            description = "Measure the engines on servers beside: all, curator, redisson, redisson-fair, jetcd,"
                    + " jdbc-lock-registry, shedlock, tooz, raw. Bare writes (raw) are always there, as the limit.")
    private List<String> against = new ArrayList<>();

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "The server to measure on, instead of one started here: redis://, postgresql://, etcd://,"
                    + " zookeeper://. What is made there is removed, but for the engine's own tables.")
    private @Nullable String store;

    @Option(names = "--list", description = "Print the names of the rows and what they measure.")
    private boolean list;

    @Option(names = "--quick", description = "Three short rounds: shows that it works, not how fast it is.")
    private boolean quick;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--rounds", description = "Rounds for each contender (default 9; with --against 5).")
    private int rounds;

    @Option(
            names = "--round",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "How long a round takes, where it counts what is done in a time: 300ms, 2s (default 1s).")
    private String round = "1s";

    @Option(names = "--dir", description = "Where to make stores on disk (default: the system's temporary folder).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--python",
            defaultValue = "/usr/bin/python3",
            description = "The interpreter that has tooz (default /usr/bin/python3).")
    private String python = "/usr/bin/python3";

    private Benchmarks() {}

    public static void main(String[] arguments) {
        // Peers that log by the JDK's logger say more than a reader of the table wants.
        Logger.getLogger("").setLevel(Level.SEVERE);
        Benchmarks benchmarks = new Benchmarks();
        benchmarks.command = "benchmarks/run "
                + WITH_USER.matcher(String.join(" ", arguments)).replaceAll("://***@");
        System.exit(new CommandLine(benchmarks)
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    if (!(failure instanceof MusterException || failure instanceof IllegalArgumentException)) {
                        throw failure;
                    }
                    System.err.println("benchmarks: " + failure.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(arguments));
    }

    private String command = "";

    @Override
    public Integer call() throws Exception {
        Server given = given();
        try (Servers servers = new Servers(given)) {
            List<Benchmark> chosen = chosen(servers, given);
            if (list) {
                chosen.forEach(benchmark -> System.out.printf("%-18s %s%n", benchmark.name(), benchmark.about()));
                return 0;
            }
            return measure(chosen, servers);
        }
    }

    private int measure(List<Benchmark> chosen, Servers servers) throws Exception {
        Progress progress = new Progress(System.err, Boolean.getBoolean("muster.benchmarks.terminal"));
        boolean whole = true;
        List<Line> lines = new ArrayList<>();
        Map<String, Double> others = new LinkedHashMap<>();
        Map<String, String> facts = new LinkedHashMap<>();
        try (Places places = Places.under(directory)) {
            facts.putAll(Machine.facts(places.folder()));
            Settings settings = settings(places, progress);
            for (Benchmark benchmark : chosen) {
                Busy before = Busy.now();
                try {
                    lines.addAll(benchmark.run(settings));
                } catch (MusterException | IOException failure) {
                    whole = false;
                    lines.add(Line.missing(benchmark.name(), "Muster", failure));
                }
                others.put(benchmark.name(), Busy.now().othersSince(before));
            }
        }
        facts.put("load after", Machine.load());
        facts.putAll(servers.settings());
        progress.clear();
        Report report = new Report(command, facts, lines, others);
        System.out.println(json ? report.json() : report.markdown());
        return whole ? 0 : 1;
    }

    private Settings settings(Places places, Progress progress) {
        int most = rounds > 0 ? rounds : against.isEmpty() ? ROUNDS : ROUNDS_AGAINST;
        return quick
                ? new Settings(3, Duration.ofMillis(200), Duration.ofSeconds(5), true, places, python, progress)
                : new Settings(most, roundTime(), Duration.ofSeconds(60), false, places, python, progress);
    }

    private Duration roundTime() {
        try {
            return StoreUri.parse("any:?round=" + round).duration("round").orElseThrow();
        } catch (InvalidArgument e) {
            throw new IllegalArgumentException("--round is no time: write it as 300ms or 2s", e);
        }
    }

    /** The server to measure on; null where each is to be started. */
    private @Nullable Server given() {
        String url = store != null
                ? store
                : words.stream()
                        .filter(word -> word.contains("://"))
                        .findFirst()
                        .orElse(null);
        return url == null ? null : Server.at(url, "as it was found");
    }

    private List<Benchmark> chosen(Servers servers, @Nullable Server given) {
        List<String> rows = words.stream().filter(word -> !word.contains("://")).toList();
        boolean compared = given != null || !against.isEmpty();
        List<Benchmark> all = new ArrayList<>(compared ? List.of() : LOCAL);
        if (compared || list || !rows.isEmpty()) {
            for (Kind kind : Kind.values()) {
                boolean there = given == null || given.kind() == kind;
                if (there && Libraries.concern(against, kind)) {
                    List<Libraries> libraries = Libraries.chosen(against, kind);
                    all.add(new Uncontended(kind, servers, libraries));
                    all.add(new Contended(kind, servers, libraries));
                    all.add(new Joins(kind, servers, libraries));
                    all.add(new Traffic(kind, servers, libraries));
                }
            }
        }
        List<Benchmark> chosen = all.stream()
                .filter(benchmark -> rows.isEmpty() || rows.stream().anyMatch(row -> matches(benchmark.name(), row)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "no row is called so, or no such peer works with this server: see --list");
        }
        return chosen;
    }

    private static boolean matches(String name, String row) {
        return name.equals(row) || name.startsWith(row + "-") || name.endsWith("-" + row);
    }
}
