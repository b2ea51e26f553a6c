package dev.muster.cli.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The worker processes of a demo: this Java and class path, each with a log of its own. They end when their standard
 * input does, so that none outlives this process. Thread-safe.
 */
final class Crew implements AutoCloseable {

    private final Path folder;
    private final List<String> arguments;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private boolean closed;

    /**
     * A crew without workers.
     *
     * @param folder where their logs go
     * @param arguments of the main class; the member's id is put behind
     */
    Crew(Path folder, List<String> arguments) {
        this.folder = folder;
        this.arguments = arguments;
    }

    /** Starts the next worker. Answers its id. */
    synchronized String start() throws IOException {
        if (closed) {
            throw new IOException("the demo is being ended");
        }
        String member = "worker-" + (processes.size() + 1);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx128m"));
        // The launcher has the classes ready to be mapped, which saves a third of a start.
        String archive = System.getProperty("muster.archive");
        if (archive != null) {
            command.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        command.add(member);
        processes.put(
                member,
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log(member))
                        .start());
        return member;
    }

    private File log(String member) {
        return folder.resolve(member + ".log").toFile();
    }

    synchronized long pid(String member) {
        return process(member).pid();
    }

    /** The ids of all workers that were started. */
    synchronized List<String> members() {
        return List.copyOf(processes.keySet());
    }

    private Process process(String member) {
        Process process = processes.get(member);
        if (process == null) {
            throw new IllegalArgumentException("no process of " + member);
        }
        return process;
    }

    /** Kills it as kill -9 does. */
    synchronized void kill(String member) {
        process(member).destroyForcibly();
    }

    /** Stops it as SIGSTOP does: it is there, and does nothing. */
    void stop(String member) throws IOException, InterruptedException {
        signal("STOP", pid(member));
    }

    /** Lets a stopped process go on. */
    void resume(String member) throws IOException, InterruptedException {
        signal("CONT", pid(member));
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + pid + " failed with status " + status);
        }
    }

    /** The workers that have ended, which none should unless it is killed. */
    synchronized List<String> ended() {
        return processes.entrySet().stream()
                .filter(entry -> !entry.getValue().isAlive())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The end of each log, for the report of a failure. */
    synchronized List<String> logs(int linesEach) {
        List<String> all = new ArrayList<>();
        for (String member : processes.keySet()) {
            try {
                List<String> lines = Files.readAllLines(log(member).toPath());
                lines.subList(Math.max(0, lines.size() - linesEach), lines.size())
                        .forEach(line -> all.add(member + ": " + line));
            } catch (IOException e) {
                all.add(member + ": no log");
            }
        }
        return all;
    }

    /** Waits for all to end by themselves, then kills those that did not. */
    void end(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (Process process : all()) {
            process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        close();
    }

    private synchronized List<Process> all() {
        return List.copyOf(processes.values());
    }

    /** Kills all that are left, stopped or not, and waits until they are gone. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List<Process> all = all();
        all.forEach(Process::destroyForcibly);
        for (Process process : all) {
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
