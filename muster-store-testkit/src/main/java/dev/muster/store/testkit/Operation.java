package dev.muster.store.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import org.jspecify.annotations.Nullable;

/**
 * One finished operation of a history.
 *
 * @param start by the monotonic clock of the host, as is the end
 * @param commit null for a listing
 * @param refusedBy the guard that refused the commit
 * @param applied the revision of the commit, 0 where it was not applied
 * @param seen the listing, or the entries that came with a commit's verdict
 */
record Operation(
        String client,
        long start,
        long end,
        @Nullable Commit commit,
        @Nullable Guard refusedBy,
        long applied,
        @Nullable Listing seen) {

    static Operation listed(String client, long start, long end, Listing seen) {
        return new Operation(client, start, end, null, null, 0, seen);
    }

    static Operation committed(String client, long start, long end, Commit commit, CommitResult result) {
        return new Operation(
                client,
                start,
                end,
                commit,
                result instanceof CommitResult.Refused refused ? refused.guard() : null,
                result instanceof CommitResult.Applied applied ? applied.revision() : 0,
                commit.reply() == Commit.Reply.ENTRIES ? result.listing() : null);
    }

    /** A commit of which no more is known than that it was applied. */
    static Operation settled(String client, long start, long end, Commit commit, long revision) {
        return new Operation(client, start, end, commit, null, revision, null);
    }
}
