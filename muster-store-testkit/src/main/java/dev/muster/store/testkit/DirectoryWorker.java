package dev.muster.store.testkit;

import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A client of a {@link DirectoryFleet}: commits and lists at random and watches, whatever fails, until it is told
 * {@code finish}; prints what {@link HistoryReader} reads, and {@code idle} once no commit of it is under way. Then, each
 * time it is told {@code view}, it prints what its watch shows.
 */
final class DirectoryWorker {

    private static final Listing NOTHING = new Listing(0, List.of());
    private static final Duration SETTLING = Duration.ofSeconds(60);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long BREATH = TimeUnit.MILLISECONDS.toNanos(50);

    private final Store store;
    private final String directory;
    private final String log;
    private final RandomCommits commits;
    private volatile boolean finishing;

    private DirectoryWorker(Store store, String directory, String name) {
        this.store = store;
        this.directory = directory;
        this.log = HistoryWorker.log(name);
        this.commits = new RandomCommits(name.hashCode(), directory);
    }

    public static void main(String[] arguments) throws IOException {
        try (Store store = open(arguments[0])) {
            DirectoryWorker worker = new DirectoryWorker(store, arguments[1], arguments[2]);
            Thread work = new Thread(worker::work, "work");
            work.setDaemon(true);
            WatchRecorder recorder = new WatchRecorder();
            recorder.closesWith(store.watch(arguments[1], WatchOptions.ALL, recorder));
            work.start();
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String order = orders.readLine();
            while (order != null) {
                worker.finishing = true;
                if (order.equals("view")) {
                    view(recorder);
                }
                order = orders.readLine();
            }
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    /** The server may be away just now. */
    private static Store open(String url) {
        while (true) {
            try {
                return Store.open(url);
            } catch (MusterException e) {
                LockSupport.parkNanos(BREATH);
            }
        }
    }

    private static void view(WatchRecorder recorder) {
        try {
            recorder.verify();
        } catch (AssertionError e) {
            tell("broken " + String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        tell("view " + HistoryText.of(recorder.view()));
    }

    private static void tell(String line) {
        System.out.println(ChildProcess.ANSWER + line + HistoryWorker.COMPLETE);
    }

    private void work() {
        Listing known = NOTHING;
        for (int number = 1; !finishing; number++) {
            try {
                known = commits.drawsListing() ? list(number) : commit(number, commits.next(known));
                LockSupport.parkNanos(PAUSE);
            } catch (MusterException e) {
                known = NOTHING;
                LockSupport.parkNanos(BREATH);
            }
        }
        tell("idle");
    }

    private Listing list(int number) {
        long start = System.nanoTime();
        Listing listing = store.list(directory, Patience.deadline());
        tell("listed " + number + " " + start + " " + System.nanoTime() + " " + HistoryText.of(listing));
        return listing;
    }

    private Listing commit(int number, Commit.Builder builder) {
        Commit commit = builder.put(log, Bytes.utf8("" + number)).build(Commit.Reply.ENTRIES);
        long start = System.nanoTime();
        tell("begin " + number + " " + start + " " + HistoryText.of(commit));
        try {
            CommitResult result = store.commit(commit, Patience.deadline());
            String verdict = result instanceof CommitResult.Applied applied
                    ? "applied " + applied.revision()
                    : "refused " + HistoryText.of(((CommitResult.Refused) result).guard());
            tell("end " + number + " " + System.nanoTime() + " " + verdict + " " + HistoryText.of(result.listing()));
            return result.listing();
        } catch (OutcomeUnknownException e) {
            String verdict =
                    settle(commit) instanceof Settlement.Applied applied ? "settled " + applied.revision() : "never 0";
            tell("end " + number + " " + System.nanoTime() + " " + verdict);
            throw e;
        } catch (MusterException e) {
            tell("end " + number + " " + System.nanoTime() + " never 0");
            throw e;
        }
    }

    /** Asks until it is answered. What cannot be settled, as in a store that lost its data, ends the process. */
    private Settlement settle(Commit commit) {
        long end = System.nanoTime() + SETTLING.toNanos();
        MusterException last = null;
        while (System.nanoTime() - end < 0 && !(last instanceof StorageException)) {
            try {
                return Await.read(store.settle(commit), Patience.deadline(), "settle a commit");
            } catch (MusterException e) {
                last = e;
                LockSupport.parkNanos(BREATH);
            }
        }
        System.out.println("could not settle a commit: " + last);
        Runtime.getRuntime().halt(1);
        throw new IllegalStateException("halted");
    }
}
