package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster elect}: stands for election, and runs a command in office. */
@Command(
        name = "elect",
        customSynopsis = "muster elect [OPTIONS] NAME [-- COMMAND...]",
        header = "Stand for election; run a command while leading.",
        description = {
            "",
            "Waits in the queue of candidates until this one leads, runs the command, and resigns when it ends. The command"
                    + " finds the term's fencing token in MUSTER_TOKEN and the election's name in MUSTER_ELECTION. Should"
                    + " the office be lost meanwhile, it is sent SIGTERM, and SIGKILL after the grace.",
            "",
            "Without a command it tells each term that it wins and loses, and stands until it is stopped (Ctrl-C)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster elect scheduler -- ./scheduler --primary",
            "  muster elect scheduler --timeout 0 -- true && echo 'nobody else led'",
            "",
            "Exit status: the command's; 1 where it was not elected in time; 4 where the office was lost."
        })
final class ElectCommand implements Callable<Integer> {

    private static final Duration FOREVER = Duration.ofDays(10_000);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the election.")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run while leading, after '--'.")
    private List<String> command = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationArgument.class,
            description = "How long to wait for the office; 0 waits no longer than the store needs. Default: for ever.")
    private @Nullable Duration timeout;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationArgument.class,
            description = "How long the command has to end by itself once told to. Default: 5s.")
    private Duration grace = Duration.ofSeconds(5);

    @Override
    public Integer call() throws InterruptedException {
        try (Coordinator coordinator = store.connect()) {
            Inbox<Leadership> terms = new Inbox<>();
            coordinator.election(name).run(terms);
            Optional<Leadership> first = Leaving.during(() -> terms.poll(patience()), coordinator::close);
            if (first.isEmpty()) {
                output.note("not elected in " + name + "; " + whoLeads(coordinator) + ". Wait longer with --timeout.");
                return ExitCode.NEGATIVE;
            }
            if (command.isEmpty()) {
                return Leaving.during(() -> serve(first.get(), terms), coordinator::close);
            }
            Map<String, String> environment = Map.of(
                    "MUSTER_ELECTION", name, "MUSTER_TOKEN", first.get().token().toString());
            return new OwnedProcess(command, environment, coordinator, first.get(), grace, output).run();
        }
    }

    private Duration patience() {
        if (timeout == null) {
            return FOREVER;
        }
        return timeout.isZero() ? AT_ONCE : timeout;
    }

    private String whoLeads(Coordinator coordinator) {
        return coordinator
                .election(name)
                .leader()
                .map(leader -> leader.memberId() + " leads")
                .orElse("nobody leads yet");
    }

    /** Tells of its terms until the thread is interrupted. */
    private int serve(Leadership first, Inbox<Leadership> terms) {
        Optional<Leadership> term = Optional.of(first);
        while (!Thread.currentThread().isInterrupted()) {
            term.ifPresent(this::tell);
            term = terms.poll(FOREVER);
        }
        return ExitCode.OK;
    }

    private void tell(Leadership term) {
        say("elected", term);
        term.onLost(loss -> say("lost", term));
    }

    private void say(String event, Leadership term) {
        if (output.json) {
            output.json(Map.of("event", event, "election", name, "token", term.token()));
        } else {
            output.line(
                    (event.equals("elected") ? "leading " : "no longer leading ") + name + ", term " + term.token());
        }
    }
}
