package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A client in a process of its own that commits and lists at random, as often as each line of its input says, and prints
 * what it begins and how that ended. Every commit puts {@code log-NAME} to its number too, so that of the one that was
 * under way when the process was killed the directory itself tells whether it was applied.
 */
final class HistoryWorker {

    /** At the end of every line: of a killed process the last one may be half a line. */
    static final String COMPLETE = " ;";

    private final Store store;
    private final String directory;
    private final String log;

    private HistoryWorker(Store store, String directory, String name) {
        this.store = store;
        this.directory = directory;
        this.log = log(name);
    }

    static String log(String name) {
        return "log-" + name;
    }

    /** Starts one. Its name must be unused in the directory's history. */
    static ChildProcess start(String url, String directory, String name, long seed) {
        return ChildProcess.start(HistoryWorker.class, url, directory, name, Long.toString(seed));
    }

    public static void main(String[] arguments) throws IOException {
        try (Store store = Store.open(arguments[0])) {
            HistoryWorker worker = new HistoryWorker(store, arguments[1], arguments[2]);
            RandomCommits commits = new RandomCommits(Long.parseLong(arguments[3]), arguments[1]);
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Listing known = worker.list(0);
            int number = 0;
            String order = orders.readLine();
            while (order != null) {
                for (int last = number + Integer.parseInt(order); number < last; ) {
                    number++;
                    known = commits.drawsListing() ? worker.list(number) : worker.commit(number, commits.next(known));
                }
                order = orders.readLine();
            }
        }
    }

    private static void tell(String line) {
        System.out.println(ChildProcess.ANSWER + line + COMPLETE);
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
            Settlement settlement = store.settle(commit).join();
            tell("end " + number + " " + System.nanoTime() + " "
                    + (settlement instanceof Settlement.Applied applied ? "settled " + applied.revision() : "never 0"));
        } catch (MusterException e) {
            tell("end " + number + " " + System.nanoTime() + " never 0");
        }
        return list(number);
    }
}
