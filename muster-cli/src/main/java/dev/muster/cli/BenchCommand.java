package dev.muster.cli;

import dev.muster.cli.bench.Bench;
import dev.muster.cli.bench.Result;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.store.Nonce;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster bench}: what a store does in a second. */
@Command(
        name = "bench",
        header = "Measure a store: locks, hand-over, groups, watches.",
        description = {
            "",
            "Two members in one process, each with a client of its own, in a namespace that is removed afterwards. Each"
                    + " figure is the median of the rounds, with the least and the most of any round. For an order of"
                    + " magnitude on this machine now: compare nothing that was not run side by side.",
            "",
            "With --against the store is measured beside what could be used instead on the same server, in turn in one"
                    + " run. The peers' jars are no part of muster: they are fetched when a working copy's launcher"
                    + " builds its benchmarks."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  muster bench file:///var/lib/app/muster --rounds 9",
            "  muster bench redis://127.0.0.1:6379 --against redisson,tooz"
        })
final class BenchCommand implements Callable<Integer> {

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "URL", description = "The store.")
    private String url = "";

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Rounds of each. Default: 7.")
    private int rounds = 7;

    @Option(
            names = "--round",
            paramLabel = "TIME",
            defaultValue = "300ms",
            converter = DurationArgument.class,
            description = "How long a round takes, where it counts what is done in a time. Default: 300ms.")
    private Duration round = Duration.ofMillis(300);

    // Never empty here: a working copy's launcher hands a comparison to its benchmarks instead.
    @Option(
            names = "--against",
            paramLabel = "PEER",
            description = "Compare with peers, in a working copy only: curator (zookeeper://); redisson, redisson-fair"
                    + " (redis://); jetcd (etcd://); jdbc-lock-registry, shedlock (postgresql://); tooz, raw (a bare"
                    + " write of the client) or all (any of these).")
    private String against = "";

    @Override
    public Integer call() throws Exception {
        if (!against.isEmpty()) {
            output.note("--against needs the benchmarks of a working copy, which this installation is without: in a"
                    + " clone of the sources run ./muster bench URL --against " + against
                    + ", or benchmarks/run --store URL --against " + against);
            return ExitCode.USAGE;
        }
        if (rounds < 1) {
            output.note("--rounds is " + rounds + ": it must be at least 1");
            return ExitCode.USAGE;
        }
        String shared = SharedMemory.named(url);
        String namespace = "bench-" + Nonce.next();
        Table table = new Table("WHAT", "MEDIAN", "LEAST", "MOST", "UNIT");
        try (Coordinator one = connect(shared, "one", namespace);
                Coordinator two = connect(shared, "two", namespace)) {
            new Bench(one, two, namespace + "/watched", rounds, round)
                    .run(this::progress, result -> show(table, result));
        }
        progress("");
        if (!output.json) {
            table.lines().forEach(output::line);
        }
        return ExitCode.OK;
    }

    private static Coordinator connect(String url, String member, String namespace) {
        return Coordinator.over(
                        url,
                        CoordinatorOptions.member(member).namespace(namespace).build())
                .start();
    }

    private void show(Table table, Result result) {
        if (output.json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("what", result.what());
            fields.put("unit", result.unit());
            fields.put("median", result.median());
            fields.put("least", result.least());
            fields.put("most", result.most());
            fields.put("rounds", result.rounds());
            output.json(fields);
        }
        table.row(result.what(), number(result.median()), number(result.least()), number(result.most()), result.unit());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }

    /** One line on a terminal, written over; nothing elsewhere. */
    private void progress(String text) {
        if (Terminal.ofProcess().errors()) {
            PrintWriter err = output.err();
            err.print("\r\u001b[K" + text);
            err.flush();
        }
    }
}
