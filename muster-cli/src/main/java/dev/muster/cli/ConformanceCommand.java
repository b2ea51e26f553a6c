package dev.muster.cli;

import dev.muster.cli.conformance.Conformance;
import dev.muster.cli.conformance.Verdict.Outcome;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
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
                    + " What the store does not promise, by what it declares, and what cannot be tried from outside is told"
                    + " with the reason. Where the URL names host and port of each server, some clients reach them through"
                    + " a proxy of this program's, which delays, cuts and swallows what passes. The tests work in"
                    + " directories of their own and remove them, so that a store in use may be checked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster conformance file:///var/lib/app/muster",
            "  muster conformance etcd://10.0.0.1:2379,10.0.0.2:2379,10.0.0.3:2379/trial",
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

    @Override
    public Integer call() {
        String shared = SharedMemory.named(url);
        Store.open(shared).close();
        if (patience != null) {
            System.setProperty(Patience.PROPERTY, patience.toString());
        }
        try (ConformanceReport report = new ConformanceReport(output, brokenOnly)) {
            Conformance.run(shared, only, slow, report);
            report.sum();
            return report.count(Outcome.BROKEN) == 0 && report.count(Outcome.HOLDS) > 0
                    ? ExitCode.OK
                    : ExitCode.NEGATIVE;
        }
    }
}
