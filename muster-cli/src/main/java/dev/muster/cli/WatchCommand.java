package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.store.Cancellable;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster watch}: tells what happens, as it happens. */
@Command(
        name = "watch",
        header = "Tell what happens in a group, an election or a lock, as it happens.",
        description = {"", "Begins with what is there now. Goes on until it is stopped (Ctrl-C)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster watch web",
            "  muster watch --election scheduler --json | while read -r event; do ...; done",
            "",
            "Exit status: 1 where there is no such group."
        })
final class WatchCommand implements Callable<Integer> {

    /** What to watch: one of them. */
    static final class Subject {

        @Parameters(index = "0", paramLabel = "GROUP", description = "Name of a group to watch.")
        @Nullable
        String group;

        @Option(names = "--election", paramLabel = "NAME", description = "Watch who leads an election instead.")
        @Nullable
        String election;

        @Option(names = "--lock", paramLabel = "NAME", description = "Watch who holds a lock, and who waits, instead.")
        @Nullable
        String lock;
    }

    @ArgGroup(multiplicity = "1")
    private Subject subject = new Subject();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
    private long count = Long.MAX_VALUE;

    private final CountDownLatch ended = new CountDownLatch(1);
    private long told;

    @Override
    public Integer call() throws InterruptedException {
        try (Coordinator coordinator = store.connect()) {
            return Leaving.during(() -> watch(coordinator), coordinator::close);
        }
    }

    private int watch(Coordinator coordinator) throws InterruptedException {
        Cancellable watching = start(coordinator);
        try {
            ended.await();
        } finally {
            watching.cancel();
        }
        return ExitCode.OK;
    }

    private Cancellable start(Coordinator coordinator) {
        if (subject.group != null) {
            return new GroupReport(subject.group, this::tell).start(coordinator);
        }
        if (subject.election != null) {
            return new ElectionReport(subject.election, this::tell).start(coordinator);
        }
        return new LockReport(String.valueOf(subject.lock), this::tell).start(coordinator);
    }

    private synchronized void tell(String text, Map<String, ?> fields) {
        if (told == count) {
            return;
        }
        if (output.json) {
            output.json(fields);
        } else {
            output.line(text);
        }
        if (++told == count) {
            ended.countDown();
        }
    }
}
