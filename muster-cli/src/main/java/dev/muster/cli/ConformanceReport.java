package dev.muster.cli;

import dev.muster.cli.conformance.Conformance;
import dev.muster.cli.conformance.Verdict;
import dev.muster.cli.conformance.Verdict.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tells verdicts as they come, and where it stands when none came for a while. Thread-safe. */
final class ConformanceReport implements Conformance.Observer, AutoCloseable {

    private static final Duration SILENCE = Duration.ofSeconds(15);

    private final Output output;
    private final boolean brokenOnly;
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private final Thread voice = new Thread(this::speakUp, "tells where it stands");

    private String chapter = "";
    private String trying = "";
    private long all;
    private long spoke = System.nanoTime();

    ConformanceReport(Output output, boolean brokenOnly) {
        this.output = output;
        this.brokenOnly = brokenOnly;
        voice.setDaemon(true);
        voice.start();
    }

    @Override
    public synchronized void begins(long promises) {
        all = promises;
    }

    @Override
    public synchronized void tries(String promise) {
        trying = promise;
    }

    @Override
    public synchronized void decided(Verdict verdict) {
        counts.merge(verdict.outcome(), 1, Integer::sum);
        if (brokenOnly && verdict.outcome() != Outcome.BROKEN) {
            return;
        }
        if (output.json) {
            output.json(fields(verdict));
            return;
        }
        spoke = System.nanoTime();
        if (!verdict.chapter().equals(chapter)) {
            chapter = verdict.chapter();
            output.line("\n" + chapter);
        }
        output.line(
                switch (verdict.outcome()) {
                    case HOLDS -> "  holds         " + verdict.promise();
                    case NOT_PROMISED -> "  not promised  " + verdict.promise() + " (" + reason(verdict) + ")";
                    case NOT_TRIED -> "  not tried     " + verdict.promise() + " (" + reason(verdict) + ")";
                    case BROKEN ->
                        "  BROKEN        " + verdict.promise() + "\n"
                                + verdict.reason().strip().indent(16).stripTrailing();
                });
    }

    private synchronized void speakUp() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long left = spoke + SILENCE.toNanos() - System.nanoTime();
                if (left > 0) {
                    wait(left / 1_000_000 + 1);
                    continue;
                }
                spoke = System.nanoTime();
                output.note(decided() + " of " + all + " promises so far; now: " + trying);
            }
        } catch (InterruptedException e) {
            // Nothing more to tell.
            Thread.currentThread().interrupt();
        }
    }

    private int decided() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized int count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0);
    }

    /** The counts, at the end. */
    synchronized void sum() {
        if (output.json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (Outcome outcome : Outcome.values()) {
                fields.put(name(outcome), count(outcome));
            }
            output.json(fields);
            return;
        }
        output.line("");
        output.line(count(Outcome.HOLDS) + " promises hold, " + count(Outcome.NOT_PROMISED) + " are not made, "
                + count(Outcome.NOT_TRIED) + " were not tried, " + count(Outcome.BROKEN)
                + (count(Outcome.BROKEN) == 1 ? " is" : " are") + " broken");
    }

    private static Map<String, Object> fields(Verdict verdict) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("verdict", name(verdict.outcome()));
        fields.put("chapter", verdict.chapter());
        fields.put("promise", verdict.promise());
        fields.put("reason", verdict.reason());
        return fields;
    }

    private static String name(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String reason(Verdict verdict) {
        return verdict.reason().strip().lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        voice.interrupt();
    }
}
