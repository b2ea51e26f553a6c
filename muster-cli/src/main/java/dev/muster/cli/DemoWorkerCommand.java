package dev.muster.cli;

import dev.muster.cli.demo.Worker;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster demo-worker}: one of the processes that the demo starts. */
@Command(name = "demo-worker", hidden = true, header = "A worker of the demo. The demo starts it.")
final class DemoWorkerCommand implements Callable<Integer> {

    @Mixin
    private Voice voice = new Voice();

    @Parameters(index = "0", paramLabel = "FOLDER")
    private Path folder = Path.of("");

    @Parameters(index = "1", paramLabel = "URL")
    private String url = "";

    @Parameters(index = "2", paramLabel = "ID")
    private String member = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Thread parent = new Thread(this::endWithParent, "parent");
        parent.setDaemon(true);
        parent.start();
        new Worker(folder, url, member, Duration.ofSeconds(2)).run();
        return ExitCode.OK;
    }

    /** Standard input ends when the parent does, however it ended. */
    private void endWithParent() {
        try {
            System.in.skipNBytes(Long.MAX_VALUE);
        } catch (EOFException end) {
            Runtime.getRuntime().halt(ExitCode.STORE);
        } catch (IOException e) {
            voice.note("standard input failed: " + e);
        }
    }
}
