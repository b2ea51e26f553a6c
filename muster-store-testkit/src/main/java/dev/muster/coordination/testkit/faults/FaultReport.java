package dev.muster.coordination.testkit.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The table of what was done and seen: a line for each engine and fault, printed, and written to the file that the system
 * property {@value #PROPERTY} names, at the end of it, in place
 * of an earlier line of the same engine and fault.
 */
final class FaultReport {

    static final String PROPERTY = "muster.faults.report";

    private static final String HEAD = "| engine | fault | times | lease | followed after, p50 | p99 | told of the loss"
            + " after going on, p50 | max | histories | events in them | breaches | stale writes taken"
            + " | actions after another owned |";
    private static final String RULE = "|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    private FaultReport() {}

    static void add(List<String> cells) {
        String line = "| " + String.join(" | ", cells) + " |";
        System.out.println("faults: " + line);
        String file = System.getProperty(PROPERTY);
        if (file != null) {
            write(Path.of(file), "| " + cells.get(0) + " | " + cells.get(1) + " |", line);
        }
    }

    private static synchronized void write(Path file, String key, String line) {
        try {
            List<String> old = Files.exists(file) ? Files.readAllLines(file) : List.of();
            int table = old.indexOf(HEAD);
            List<String> text = old.subList(0, table < 0 ? old.size() : table);
            TreeSet<String> lines = new TreeSet<>();
            old.stream()
                    .skip(text.size() + 2L)
                    .filter(kept -> kept.startsWith("| ") && !kept.startsWith(key))
                    .forEach(lines::add);
            lines.add(line);
            List<String> all = new ArrayList<>(text);
            all.add(HEAD);
            all.add(RULE);
            all.addAll(lines);
            Files.write(file, all);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the report " + file, e);
        }
    }

    static String quantile(List<Duration> durations, double share) {
        if (durations.isEmpty()) {
            return "–";
        }
        List<Duration> sorted = new ArrayList<>(durations);
        Collections.sort(sorted);
        return seconds(sorted.get((int) Math.ceil(share * sorted.size()) - 1));
    }

    static String seconds(Duration duration) {
        return duration.toMillis() < 1_000
                ? duration.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
}
