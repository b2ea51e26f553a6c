package dev.muster.cli;

import dev.muster.cli.demo.DemoRun;
import dev.muster.cli.demo.LiveView;
import dev.muster.cli.demo.PlainView;
import dev.muster.cli.demo.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster demo}: the first run. */
@Command(
        name = "demo",
        header = "See it all work: real processes share out real work, lose members, and carry on.",
        description = {
            "",
            "Starts worker processes that form a partitioned group, share out the files of a folder among them, and record"
                    + " the SHA-256 of each file once. On the way the leader is killed (SIGKILL), and another worker is"
                    + " stopped (SIGSTOP) in the middle of a file until others have taken over; when it goes on, its late"
                    + " write is refused. The leader writes the manifest, which must equal that of sha256sum.",
            "",
            "It takes less than a minute, needs no store, and leaves nothing behind."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster demo",
            "  muster demo --over /usr/share/doc --workers 6 --manifest /tmp/manifest",
            "",
            "Exit status: 0 where all came about and the manifest is right, else 1."
        })
final class DemoCommand implements Callable<Integer> {

    @Mixin
    private Voice voice = new Voice();

    @Option(
            names = "--over",
            paramLabel = "DIR",
            description =
                    "The folder whose files are shared out, all that are beneath it but for .git. Default: the files"
                            + " of this project that git tracks.")
    private @Nullable Path over;

    @Option(
            names = {"-s", "--store"},
            paramLabel = "URL",
            description =
                    "The store to run on, in a namespace of its own that is removed afterwards. Default: a file store"
                            + " with leases of 2 s, made for the run and removed.")
    private @Nullable String store;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Worker processes. Default: 4.")
    private int workers = 4;

    @Option(names = "--manifest", paramLabel = "FILE", description = "Where to keep the manifest. Default: nowhere.")
    private @Nullable Path manifest;

    @Option(names = "--once", description = "Lines alone, also on a terminal: for scripts.")
    private boolean once;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (DemoRun run = new DemoRun(over, home(), store, workers, DemoCommand::worker, view())) {
            return Leaving.during(() -> run(run), run::close);
        }
    }

    private int run(DemoRun run) throws InterruptedException {
        try {
            return run.run(manifest) ? ExitCode.OK : ExitCode.NEGATIVE;
        } catch (IOException e) {
            voice.note("the demo could not go on: " + e);
            return ExitCode.NEGATIVE;
        }
    }

    private static java.util.function.Function<String, List<String>> worker(Path folder) {
        return url -> List.of(Main.class.getName(), "demo-worker", folder.toString(), url);
    }

    private View view() {
        Terminal terminal = Terminal.ofProcess();
        return terminal.output() && !once
                ? new LiveView(voice.out(), terminal.columns(), System.getenv("NO_COLOR") == null)
                : new PlainView(voice.out());
    }

    /** The project's folder, which the launcher names; else where this was called. */
    private static Path home() {
        return Path.of(System.getProperty("muster.home", ""));
    }
}
