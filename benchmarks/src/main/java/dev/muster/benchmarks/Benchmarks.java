package dev.muster.benchmarks;

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
import dev.muster.benchmarks.ring.FastRing;
import dev.muster.benchmarks.ring.PythonRing;
import dev.muster.benchmarks.watch.IdleCost;
import dev.muster.benchmarks.watch.WatchLatency;
import dev.muster.store.MusterException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures Muster beside its peers on this machine, and prints one table. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures Muster beside its peers on this machine, and prints one table.",
        footer = {"", "Exit status: 0 when the table was printed, reached or not; 1 when a row failed."})
public final class Benchmarks implements Callable<Integer> {

    private static final List<Benchmark> ALL = List.of(
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

    @Parameters(paramLabel = "ROW", description = "The rows to measure, by name or its first part; all if none.")
    private List<String> rows = new ArrayList<>();

    @Option(names = "--list", description = "Print the names of the rows and what they measure.")
    private boolean list;

    @Option(names = "--quick", description = "Three short rounds: shows that it works, not how fast it is.")
    private boolean quick;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--rounds", defaultValue = "9", description = "Rounds for each contender (default 9).")
    private int rounds = 9;

    @Option(names = "--dir", description = "Where to make stores on disk (default: the system's temporary folder).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--python",
            defaultValue = "/usr/bin/python3",
            description = "The interpreter that has tooz (default /usr/bin/python3).")
    private String python = "/usr/bin/python3";

    private Benchmarks() {}

    public static void main(String[] arguments) {
        Benchmarks benchmarks = new Benchmarks();
        benchmarks.command = "benchmarks/run " + String.join(" ", arguments);
        System.exit(new CommandLine(benchmarks).execute(arguments));
    }

    private String command = "";

    @Override
    public Integer call() throws Exception {
        List<Benchmark> chosen = chosen();
        if (list) {
            chosen.forEach(benchmark -> System.out.printf("%-16s %s%n", benchmark.name(), benchmark.about()));
            return 0;
        }
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
        progress.clear();
        Report report = new Report(command, facts, lines, others);
        System.out.println(json ? report.json() : report.markdown());
        return whole ? 0 : 1;
    }

    private Settings settings(Places places, Progress progress) {
        return quick
                ? new Settings(3, Duration.ofMillis(200), Duration.ofSeconds(5), true, places, python, progress)
                : new Settings(rounds, Duration.ofSeconds(1), Duration.ofSeconds(60), false, places, python, progress);
    }

    private List<Benchmark> chosen() {
        List<Benchmark> chosen = ALL.stream()
                .filter(benchmark -> rows.isEmpty() || rows.stream().anyMatch(row -> matches(benchmark.name(), row)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no row is called so: see --list");
        }
        return chosen;
    }

    private static boolean matches(String name, String row) {
        return name.equals(row) || name.startsWith(row + "-");
    }
}
