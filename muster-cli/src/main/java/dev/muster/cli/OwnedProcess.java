package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.ownership.Ownership;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs only while something is owned: it is told the token, and stopped, first politely, when the
 * ownership is lost. Where this process is told to end, the command is stopped before anything is given up.
 */
final class OwnedProcess {

    /** How often the ownership is looked at: without I/O, so often enough to be ahead of the lease. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private final List<String> command;
    private final Map<String, String> environment;
    private final Coordinator coordinator;
    private final Ownership ownership;
    private final Duration grace;
    private final Voice voice;

    OwnedProcess(
            List<String> command,
            Map<String, String> environment,
            Coordinator coordinator,
            Ownership ownership,
            Duration grace,
            Voice voice) {
        this.command = command;
        this.environment = environment;
        this.coordinator = coordinator;
        this.ownership = ownership;
        this.grace = grace;
        this.voice = voice;
    }

    /** Runs it to its end. Answers its status, or that what it ran under was lost. */
    int run() throws InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            voice.note("cannot run '" + command.get(0) + "': " + e.getMessage());
            // The JDK tells only in words: "error=2, No such file" before 25, "error: 2 (No such file …)" since.
            return String.valueOf(e.getMessage()).matches("(?s).*error[=:] ?2\\b.*")
                    ? ExitCode.NOT_FOUND
                    : ExitCode.NOT_EXECUTABLE;
        }
        return Leaving.during(() -> watch(process), () -> endWith(process));
    }

    private int watch(Process process) throws InterruptedException {
        try {
            while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!ownership.isValid()) {
                    voice.note("lost what '" + command.get(0) + "' ran under, so it is stopped. Its token "
                            + ownership.token() + " is no longer good.");
                    return ExitCode.LOST;
                }
            }
            return process.exitValue();
        } finally {
            stop(process);
        }
    }

    /** Ends it and all that it started: asked to, and after the grace killed. */
    private void stop(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        if (!process.isAlive()) {
            return;
        }
        all.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private void endWith(Process process) {
        stop(process);
        coordinator.close();
    }
}
