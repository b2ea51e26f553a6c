package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** One call of the command line in this process, under way in a thread of its own, with what it printed. */
final class Invocation {

    static final Duration DEADLINE = Duration.ofSeconds(30);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final Thread thread;

    private Invocation(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        thread = new Thread(() -> status.complete(line.execute(args)), "muster " + String.join(" ", args));
        thread.setDaemon(true);
        thread.start();
    }

    static Invocation start(String... args) {
        return new Invocation(args);
    }

    /** Waits for its end, which must have this status. */
    static Invocation run(int status, String... args) {
        return run(status, DEADLINE, args);
    }

    static Invocation run(int status, Duration deadline, String... args) {
        Invocation invocation = new Invocation(args);
        int ended = invocation.status(deadline);
        assertThat(ended).as(invocation.toString()).isEqualTo(status);
        return invocation;
    }

    int status() {
        return status(DEADLINE);
    }

    private int status(Duration deadline) {
        try {
            return status.get(deadline.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("did not end: " + this, e);
        }
    }

    void interrupt() {
        thread.interrupt();
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    @Override
    public String toString() {
        return thread.getName() + "\n" + out + err;
    }
}
