package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Java process with this one's class path, for tests of what happens between processes and when one is killed. It
 * takes commands on its standard input, one a line, and answers each by a line that starts with {@value #ANSWER}; what
 * else it prints is kept for the report of a failure. It ends when its standard input does, so that none is left behind.
 */
public final class ChildProcess implements AutoCloseable {

    /** What the lines that are answers start with. */
    public static final String ANSWER = "> ";

    private static final String SIGNALLER = "while read -r signal; do kill \"-$signal\" \"$1\" && printf k; done";
    private static final int SHOWN_LINES = 30;
    private static final int SHOWN_LENGTH = 300;

    private final Process process;
    private final Writer commands;
    private final List<String> output = new ArrayList<>();
    private int read;
    private boolean ended;
    private @Nullable Process signaller;

    private ChildProcess(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::readOutput, "output of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a process that runs the class's main. */
    public static ChildProcess start(Class<?> main, String... arguments) {
        return start(Map.of(), main, arguments);
    }

    /** As {@link #start(Class, String...)}, with these variables in its environment besides. */
    public static ChildProcess start(Map<String, String> environment, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // For a start in little time: most live for a second.
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx128m",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return new ChildProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("could not start a child process: " + command.get(0), e);
        }
    }

    /** For the child: what it is told, each command as it comes. */
    public static Iterable<String> commands() {
        return () -> new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .lines()
                .iterator();
    }

    /** For the child: answers a command. */
    public static void reply(String text) {
        System.out.println(ANSWER + text);
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                synchronized (this) {
                    output.add(line);
                    notifyAll();
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            // A killed process: what it printed before is kept.
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a command without waiting for its answer. */
    public void send(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw failure("takes no command '" + command + "'");
        }
    }

    /** Waits for the next answer, without its start. */
    public synchronized String answer() {
        long deadline = System.nanoTime() + Patience.deadline().multipliedBy(2).toNanos();
        while (true) {
            while (read < output.size()) {
                String line = output.get(read++);
                if (line.startsWith(ANSWER)) {
                    return line.substring(ANSWER.length());
                }
            }
            long left = deadline - System.nanoTime();
            if (ended || left <= 0) {
                throw failure(ended ? "ended without an answer" : "did not answer in time");
            }
            pause(left);
        }
    }

    private synchronized void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was waited for, and the wait interrupted");
        }
    }

    /**
     * What it has answered within a part of its output, also what was read before.
     *
     * @param from how many {@link #lines()} to leave out
     * @param to how many lines there are to look at, at most those that there are
     */
    public synchronized List<String> answersBetween(int from, int to) {
        return output.subList(from, to).stream()
                .filter(text -> text.startsWith(ANSWER))
                .map(text -> text.substring(ANSWER.length()))
                .toList();
    }

    /** Waits until it has ended, by {@link #kill} or by itself, and answers what no one has read yet. */
    public synchronized List<String> remaining() {
        long deadline = System.nanoTime() + Patience.deadline().toNanos();
        while (!ended) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw failure("did not end in time");
            }
            pause(left);
        }
        List<String> answers = output.subList(read, output.size()).stream()
                .filter(line -> line.startsWith(ANSWER))
                .map(line -> line.substring(ANSWER.length()))
                .toList();
        read = output.size();
        return answers;
    }

    /** The last line that it has printed so far. */
    public synchronized String lastLine() {
        return output.isEmpty() ? "" : output.get(output.size() - 1);
    }

    /** How many lines it has printed so far. */
    public synchronized int lines() {
        return output.size();
    }

    /** Sends a command and waits for its answer. */
    public String ask(String command) {
        send(command);
        return answer();
    }

    /** Kills it as kill -9 does, and waits until it is gone. */
    public void kill() {
        // By its handle: Process.destroyForcibly would close the pipe, and lose what was printed and not yet read.
        process.toHandle().destroyForcibly();
        try {
            assertThat(process.waitFor(Patience.deadline().toMillis(), TimeUnit.MILLISECONDS))
                    .as("end of the killed process " + pid())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops it as SIGSTOP does: it is there, and does nothing. */
    public void stop() {
        signal("STOP");
    }

    /** Lets a stopped process go on. */
    public void resume() {
        signal("CONT");
    }

    /** By a shell that is there already from the first signal on: to start a process may take longer than what is measured. */
    private void signal(String signal) {
        try {
            Process shell = signaller;
            if (shell == null) {
                shell = new ProcessBuilder("sh", "-c", SIGNALLER, "signal", Long.toString(pid()))
                        .redirectErrorStream(true)
                        .start();
                signaller = shell;
            }
            shell.getOutputStream().write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
            shell.getOutputStream().flush();
            int answer = shell.getInputStream().read();
            assertThat(answer).as("the answer of kill -" + signal).isEqualTo('k');
        } catch (IOException e) {
            throw new UncheckedIOException("could not run kill", e);
        }
    }

    /** Lets it end by the end of its input, and waits: the answer is its exit code. */
    public int end() {
        try {
            commands.close();
            if (!process.waitFor(Patience.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
                throw failure("did not end with its input");
            }
            return process.exitValue();
        } catch (IOException e) {
            throw failure("could not be ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was waited for, and the wait interrupted");
        }
    }

    private AssertionError failure(String what) {
        List<String> lines;
        synchronized (this) {
            lines = output.subList(Math.max(0, output.size() - SHOWN_LINES), output.size()).stream()
                    .map(line -> line.length() > SHOWN_LENGTH ? line.substring(0, SHOWN_LENGTH) + "…" : line)
                    .toList();
        }
        return new AssertionError(
                "child process " + pid() + " " + what + "; its last output:\n" + String.join("\n", lines));
    }

    /** Kills it if it is still there. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        Process shell = signaller;
        if (shell != null) {
            shell.destroy();
        }
    }
}
