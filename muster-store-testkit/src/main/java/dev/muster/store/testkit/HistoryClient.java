package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.List;

/**
 * Commits to a directory and lists it, at random, and prints what it begins and how that ended. Every commit puts
 * {@code log-NAME} to its number too, so that of the one that was under way when the process was killed the directory
 * itself tells whether it was applied.
 */
final class HistoryClient {

    /** At the end of every line: of a killed process the last one may be half a line. */
    static final String COMPLETE = " ;";

    private static final Listing NOTHING = new Listing(0, List.of());
    private static final Duration SETTLING = Duration.ofSeconds(60);

    private final Store store;
    private final String directory;
    private final String log;
    private final RandomCommits commits;
    private Listing known = NOTHING;
    private int number;

    /** @param name unused in the directory's history */
    HistoryClient(Store store, String directory, String name) {
        this.store = store;
        this.directory = directory;
        this.log = log(name);
        this.commits = new RandomCommits(name.hashCode(), directory);
    }

    static String log(String name) {
        return "log-" + name;
    }

    static void tell(String line) {
        ChildProcess.reply(line + COMPLETE);
    }

    /**
     * Commits or lists. What became of a commit that failed is printed too.
     *
     * @throws IllegalStateException where that can no longer be known, as in a store that lost its data
     */
    void next() {
        number++;
        Listing last = known;
        known = NOTHING;
        known = commits.drawsListing() ? list() : commit(commits.next(last));
    }

    private Listing list() {
        long start = System.nanoTime();
        Listing listing = store.list(directory, Patience.deadline());
        tell("listed " + number + " " + start + " " + System.nanoTime() + " " + HistoryText.of(listing));
        return listing;
    }

    private Listing commit(Commit.Builder builder) {
        Commit commit = builder.put(log, Bytes.utf8("" + number)).build(Commit.Reply.ENTRIES);
        tell("begin " + number + " " + System.nanoTime() + " " + HistoryText.of(commit));
        try {
            CommitResult result = store.commit(commit, Patience.deadline());
            String verdict = result instanceof CommitResult.Applied applied
                    ? "applied " + applied.revision()
                    : "refused " + HistoryText.of(((CommitResult.Refused) result).guard());
            end(verdict + " " + HistoryText.of(result.listing()));
            return result.listing();
        } catch (OutcomeUnknownException e) {
            end(settle(commit) instanceof Settlement.Applied applied ? "settled " + applied.revision() : "never 0");
            throw e;
        } catch (MusterException e) {
            end("never 0");
            throw e;
        }
    }

    private void end(String verdict) {
        tell("end " + number + " " + System.nanoTime() + " " + verdict);
    }

    private Settlement settle(Commit commit) {
        try {
            return Retrying.settle(store, commit, SETTLING);
        } catch (StorageException e) {
            throw new IllegalStateException("could not settle a commit", e);
        }
    }
}
