package dev.muster.store.sql;

import dev.muster.store.Commit;
import dev.muster.store.WatchEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the database, for one thread at a time. Each operation is one statement and one transaction, so that
 * no process holds a lock while it is stopped. Times are the server's.
 */
public interface Link extends AutoCloseable {

    /** Fails rather than wait any longer for an answer of the server. Zero: as the dialect does by itself, which is the most. */
    void patience(Duration most) throws SQLException;

    /** Makes a lane for the client: what a commit is fenced by, and settled. */
    long enlist(UUID client) throws SQLException;

    /**
     * Sends a commit.
     *
     * @param seq of the commit on the lane: greater than of all before
     */
    Verdict commit(long lane, long seq, Commit commit, int mostNameBytes) throws SQLException;

    /**
     * Waits for the commit if it is under way, and keeps it from applying if it has not been.
     *
     * @return the revision at which it was applied, 0 if it was not and never will be, null where the lane is not known
     */
    @Nullable
    Long settle(long lane, long seq) throws SQLException;

    Page list(String directory) throws SQLException;

    /** Removes what ended sessions own from the directory. */
    void reap(String directory) throws SQLException;

    List<String> directories(String prefix) throws SQLException;

    void open(UUID session, UUID client, Duration lease) throws SQLException;

    /**
     * Renews sessions.
     *
     * @param beats by session, the number of this heartbeat and of the last one that was confirmed
     * @return those that live: not those that have ended, nor those of which the database does not know the last beat
     */
    Set<UUID> beat(Map<UUID, Beat> beats) throws SQLException;

    /** The number of a heartbeat, and of the last before that was confirmed. */
    record Beat(long next, long confirmed) {}

    /** Whether a session is there and has not ended. */
    boolean isAlive(UUID session) throws SQLException;

    /**
     * Records the end of a session, and waits for the commits of its client that are under way.
     *
     * @param overdue only if its time has passed
     * @return whether it was this call that recorded it
     */
    boolean end(UUID session, boolean overdue) throws SQLException;

    /** Removes what an ended session owns from some directories. To be repeated until it is done. */
    Reaped finish(UUID session) throws SQLException;

    /**
     * What a reaping did.
     *
     * @param done nothing is left, and the session is forgotten
     * @param changed the directories that changed and are watched
     */
    record Reaped(boolean done, List<Notice> changed) {}

    /** Has the changes of a directory told for some time, see {@link #renew}. Answers its number. */
    long watch(String directory) throws SQLException;

    /** The same for directories that are told already. To be repeated every {@link #RENEWAL}. */
    void renew(Collection<Long> directories) throws SQLException;

    /** How often watches are to be renewed. */
    Duration RENEWAL = Duration.ofSeconds(15);

    /** How the store and some of its directories are now. */
    Look look(Collection<Long> directories) throws SQLException;

    /** Sessions whose end is due or not finished. */
    List<Due> due() throws SQLException;

    /**
     * A session that is to be ended, or whose end is to be finished.
     *
     * @param ended whether its end is recorded
     */
    record Due(UUID session, boolean ended) {}

    /** Removes rows of a page of directories that have long been empty. Answers the next page's start, null at the end. */
    @Nullable
    Long sweep(long after) throws SQLException;

    /** Forgets the client's lanes: after this none of its commits can be settled. */
    void leave(UUID client) throws SQLException;

    /** From now on this link is told what {@link #tell} tells, if the database can do that. */
    void listen() throws SQLException;

    /** Tells those who listen, soon, that a directory has changed. */
    void tell(List<Notice> notices) throws SQLException;

    /** Waits for at most so long to be told something. May answer nothing earlier. */
    List<Notice> await(Duration most) throws SQLException;

    /**
     * A directory, by number, and what became of it.
     *
     * @param before its revision before, 0 where that is not known
     * @param change what led from there to its revision now; null where that is not known: it has to be listed
     * @param text as the link tells it
     */
    record Notice(long directory, long before, long revision, WatchEvent.@Nullable Changed change, String text) {

        static Notice seen(long directory, long revision) {
            return new Notice(directory, 0, revision, null, "");
        }
    }

    /** Closes the connection. What it was doing may go on in the server. */
    @Override
    void close();
}
