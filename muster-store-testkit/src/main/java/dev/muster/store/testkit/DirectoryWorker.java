package dev.muster.store.testkit;

import dev.muster.store.MusterException;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A client of a {@link DirectoryFleet}: does what a {@link HistoryClient} does and watches, whatever fails, until it is told
 * {@code finish}; prints {@code idle} once no commit of it is under way. Then, each time it is told {@code view}, it prints
 * what its watch shows.
 */
final class DirectoryWorker {

    private static final Duration OPENING = Duration.ofSeconds(60);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long BREATH = TimeUnit.MILLISECONDS.toNanos(50);

    private final HistoryClient client;
    private volatile boolean finishing;

    private DirectoryWorker(HistoryClient client) {
        this.client = client;
    }

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            System.out.println(Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                    .map(Throwable::toString)
                    .collect(Collectors.joining(", because of ")));
            Runtime.getRuntime().halt(1);
        });
        try (Store store = Retrying.get("a store", OPENING, () -> Store.open(arguments[0]))) {
            DirectoryWorker worker = new DirectoryWorker(new HistoryClient(store, arguments[1], arguments[2]));
            WatchRecorder recorder = WatchRecorder.of(store, arguments[1]);
            new Thread(worker::work, "work").start();
            for (String order : ChildProcess.commands()) {
                worker.finishing = true;
                if (order.equals("view")) {
                    view(recorder);
                }
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void view(WatchRecorder recorder) {
        try {
            recorder.verify();
        } catch (AssertionError e) {
            HistoryClient.tell("broken " + String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        HistoryClient.tell("view " + HistoryText.of(recorder.view()));
    }

    private void work() {
        while (!finishing) {
            try {
                client.next();
                LockSupport.parkNanos(PAUSE);
            } catch (MusterException e) {
                LockSupport.parkNanos(BREATH);
            }
        }
        HistoryClient.tell("idle");
    }
}
