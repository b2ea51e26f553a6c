package dev.muster.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * One run of a server's process. Its output goes to a log file, whose end every failure shows. It is ended by
 * {@link #stop}, {@link #kill} or {@link #close}, when the JVM ends, and when the JVM is killed; only ever this process,
 * by its id. Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int SHOWN_BYTES = 6_000;

    private final String name;
    private final Process process;
    private final Path log;

    private ServerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** A command line to start as a server. The first word is the program. */
    public static Command command(Object... words) {
        return new Command(words);
    }

    /** How a server is started. */
    public static final class Command {

        private final List<String> words = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private Account account = Account.OWN;

        private Command(Object... words) {
            add(words);
        }

        /** Adds words to the command line. */
        public Command add(Object... more) {
            for (Object word : more) {
                words.add(word.toString());
            }
            return this;
        }

        /** Whom it runs as; whoever runs the test if this is not called. */
        public Command as(Account user) {
            this.account = user;
            return this;
        }

        /** Sets a variable of its environment. */
        public Command environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /**
         * Starts it, without waiting until it is ready.
         *
         * @param name what failures call it
         * @param log the file its output is appended to
         */
        public ServerProcess start(String name, Path log) {
            ProcessBuilder builder = new ProcessBuilder(account.running(words))
                    .directory(log.toAbsolutePath().resolveSibling("").toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            try {
                ServerProcess server = new ServerProcess(name, builder.start(), log);
                Orphans.born(server.pid());
                AtExit.close(server);
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("could not start " + name + ": " + words.get(0), e);
            }
        }

        /**
         * Runs it to its end as a tool of a server, for instance one that makes its data folder.
         *
         * @param folder where it runs
         * @return what it printed
         * @throws AssertionError if it fails, or takes longer than 60 s
         */
        public String run(Path folder) {
            Path output = folder.resolve("tool-" + System.nanoTime() + ".log");
            try (ServerProcess tool = start(words.get(0), output)) {
                int exit = tool.awaitEnd(Duration.ofSeconds(60));
                if (exit != 0) {
                    throw new AssertionError(tool.describe("exited with " + exit));
                }
                String printed = Files.readString(output);
                Files.delete(output);
                return printed;
            } catch (IOException e) {
                throw new UncheckedIOException("could not read " + output, e);
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /**
     * Waits until the server can be used, at most 30 s.
     *
     * @param what the condition in words, for the failure
     * @param condition asked every 20 ms; false or an exception means not yet
     * @throws AssertionError if it ended or did not become ready in time, with the end of its log
     */
    public ServerProcess awaitReady(String what, Callable<Boolean> condition) {
        Await.until(what, DEADLINE, condition, () -> {
            if (!isAlive()) {
                throw new AssertionError(describe("ended with " + process.exitValue() + " before " + what));
            }
            return describe("runs");
        });
        return this;
    }

    /** Ends it by SIGTERM, and waits until it is gone; after 30 s it is killed, and that is a failure. */
    public void stop() {
        stop("TERM");
    }

    /** Ends it by this signal (PostgreSQL's fast stop is INT), and waits as {@link #stop()} does. */
    public void stop(String signal) {
        if (isAlive()) {
            signal(signal);
            // It cannot take the signal while it is stopped.
            signal("CONT");
        }
        try {
            awaitEnd(DEADLINE);
        } finally {
            close();
        }
    }

    /** Ends it as kill -9 does, and waits until it is gone. */
    public void kill() {
        close();
        awaitEnd(DEADLINE);
    }

    /** SIGSTOP: it is there, its connections too, and does nothing. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT, after {@link #pause}. */
    public void resume() {
        signal("CONT");
    }

    /** Waits until it has ended by itself, and answers its exit code. */
    public int awaitEnd(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(describe("did not end within " + deadline.toSeconds() + " s"));
            }
            Orphans.gone(pid());
            AtExit.forget(this);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(describe("was waited for, and the wait interrupted"));
        }
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start();
            if (kill.waitFor() != 0 && isAlive()) {
                throw new AssertionError(describe("took no signal " + signal));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(describe("was signalled, and that interrupted"));
        }
    }

    /** Whether its log says so, anywhere. */
    boolean hasLogged(String text) throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).contains(text);
    }

    /** The end of its log. */
    public String logTail() {
        try {
            byte[] all = Files.readAllBytes(log);
            int start = Math.max(0, all.length - SHOWN_BYTES);
            return new String(all, start, all.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    private String describe(String what) {
        return name + " (process " + pid() + ") " + what + "; the end of its log:\n" + logTail();
    }

    /** Kills it if it is still there, and does not wait longer than 5 s. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                Orphans.gone(pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        AtExit.forget(this);
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + ")";
    }
}
