package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster lock}: runs a command while holding a lock. */
@Command(
        name = "lock",
        customSynopsis = "muster lock [OPTIONS] NAME -- COMMAND...",
        header = "Run a command while holding a lock.",
        description = {
            "",
            "Waits until the lock is free, runs the command, and releases the lock when the command ends. The command finds"
                    + " the fencing token in MUSTER_TOKEN and the lock's name in MUSTER_LOCK: what it writes to should"
                    + " refuse tokens smaller than the greatest it has seen.",
            "",
            "Should the lock be lost meanwhile (broken by somebody, or the lease ran out), the command is sent SIGTERM, and"
                    + " SIGKILL after the grace."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster lock nightly-report --timeout 0 -- ./report.sh",
            "  muster lock users-table --shared -- pg_dump users",
            "",
            "Exit status: the command's; 1 where the lock was not free in time; 4 where it was lost."
        })
final class LockCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Voice voice = new Voice();

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the lock.")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run, after '--'.")
    private List<String> command = List.of();

    @Option(names = "--shared", description = "Hold it together with other shared holders, while no one else does.")
    private boolean shared;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationArgument.class,
            description = "How long to wait for the lock; 0 tries once. Default: 10s.")
    private Duration timeout = Duration.ofSeconds(10);

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
            DistributedLock lock = shared ? coordinator.lock(name).shared() : coordinator.lock(name);
            Optional<LockHandle> held = lock.tryAcquire();
            if (held.isEmpty() && !timeout.isZero()) {
                voice.note("waiting for lock " + name + ", held by " + holders(lock));
                held = lock.tryAcquire(timeout);
            }
            if (held.isEmpty()) {
                voice.note("lock " + name + " is not free; it is held by " + holders(lock)
                        + ". Wait longer with --timeout, or see 'muster locks'.");
                return ExitCode.NEGATIVE;
            }
            try (LockHandle handle = held.get()) {
                Map<String, String> environment = Map.of(
                        "MUSTER_LOCK", name, "MUSTER_TOKEN", handle.token().toString());
                return new OwnedProcess(command, environment, coordinator, handle, grace, voice).run();
            }
        }
    }

    private static String holders(DistributedLock lock) {
        String all = lock.requests().stream()
                .filter(LockRequest::isHolder)
                .map(holder -> holder.memberId() + " (token " + holder.token() + ")")
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? "nobody any more" : all;
    }
}
