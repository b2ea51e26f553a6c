package dev.muster.cli;

import dev.muster.cli.conformance.Conformance;
import dev.muster.cli.conformance.Verdict;
import dev.muster.cli.conformance.Verdict.Outcome;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster conformance}: holds a store to the contract. */
@Command(
        name = "conformance",
        header = "Hold a store to the contract, promise by promise.",
        description = {
            "",
            "Runs the suites that Muster's own engines are held to against any store, and prints a verdict for each promise."
                    + " What the store does not claim to promise is skipped, with the reason. The tests work in"
                    + " directories of their own and remove them, so that a store in use may be checked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster conformance file:///var/lib/app/muster",
            "  muster conformance ipc://app --broken",
            "",
            "Exit status: 0 where every promise holds; 1 where one is broken; 3 where the store cannot be reached."
        })
final class ConformanceCommand implements Callable<Integer> {

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "URL", description = "The store.")
    private String url = "";

    @Option(names = "--broken", description = "Show broken promises alone.")
    private boolean brokenOnly;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Check those promises alone that have this in their name, or in their chapter's.")
    private String only = "";

    @Option(names = "--slow", description = "Run the suites that take minutes, too: more of the same.")
    private boolean slow;

    @Option(
            names = "--patience",
            paramLabel = "FACTOR",
            description = "Multiplies every wait: more for a slow or busy machine. Default: 1.")
    private @Nullable Double patience;

    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private String chapter = "";

    @Override
    public Integer call() {
        String shared = SharedMemory.named(url);
        Store.open(shared).close();
        if (patience != null) {
            System.setProperty(Patience.PROPERTY, patience.toString());
        }
        Conformance.run(shared, only, slow, this::tell);
        int broken = counts.getOrDefault(Outcome.BROKEN, 0);
        int held = counts.getOrDefault(Outcome.HOLDS, 0);
        if (!output.json) {
            output.line("");
            output.line(held + " promises hold, " + counts.getOrDefault(Outcome.SKIPPED, 0) + " were skipped, " + broken
                    + (broken == 1 ? " is" : " are") + " broken");
        }
        return broken == 0 && held > 0 ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private synchronized void tell(Verdict verdict) {
        counts.merge(verdict.outcome(), 1, Integer::sum);
        if (brokenOnly && verdict.outcome() != Outcome.BROKEN) {
            return;
        }
        if (output.json) {
            output.json(fields(verdict));
            return;
        }
        if (!verdict.chapter().equals(chapter)) {
            chapter = verdict.chapter();
            output.line("\n" + chapter);
        }
        output.line(
                switch (verdict.outcome()) {
                    case HOLDS -> "  holds    " + verdict.promise();
                    case SKIPPED -> "  skipped  " + verdict.promise() + " (" + firstLine(verdict.reason()) + ")";
                    case BROKEN ->
                        "  BROKEN   " + verdict.promise() + "\n"
                                + verdict.reason().strip().indent(11).stripTrailing();
                });
    }

    private static Map<String, Object> fields(Verdict verdict) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("verdict", verdict.outcome().name().toLowerCase(Locale.ROOT));
        fields.put("chapter", verdict.chapter());
        fields.put("promise", verdict.promise());
        fields.put("reason", verdict.reason());
        return fields;
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("");
    }
}
