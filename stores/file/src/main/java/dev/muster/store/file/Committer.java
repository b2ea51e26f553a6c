package dev.muster.store.file;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.SessionLostException;
import dev.muster.store.WatchEvent;
import dev.muster.store.file.KnownDirectories.Known;
import dev.muster.store.spi.DirectoryState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Applies commits, each within one transaction that writes. What a commit means is DirectoryState's to say. */
final class Committer {

    private final Database database;
    private final Rows rows;
    private final LongSupplier micros;
    private final int mostNameBytes;
    private final KnownDirectories known = new KnownDirectories();

    /** @param micros the clock, which moves revisions on where it is ahead of them */
    Committer(Database database, Rows rows, LongSupplier micros, int mostNameBytes) {
        this.database = database;
        this.rows = rows;
        this.micros = micros;
        this.mostNameBytes = mostNameBytes;
        database.onRollback(known::clear);
    }

    /**
     * A verdict, and what is left to do once it stands.
     *
     * @param lasting whether unowned entries changed, which are to outlive a loss of power
     * @param directory the number of the directory, 0 where nothing was applied
     * @param watchers how many processes watch it
     */
    record Outcome(CommitResult result, boolean lasting, long directory, int watchers) {

        static Outcome refused(Guard guard, Snapshot snapshot) {
            return new Outcome(new CommitResult.Refused(guard, snapshot), false, 0, 0);
        }
    }

    /**
     * Applies the commit, within a transaction.
     *
     * @param session the number of the commit's session, 0 for none
     */
    Outcome commit(Commit commit, long session) throws SQLException {
        Known directory = known.get(commit.directory());
        if (directory != null) {
            Outcome outcome = tryOnKnown(commit, session, directory);
            if (outcome != null) {
                return outcome;
            }
            known.remove(commit.directory());
        }
        return commitOnStored(commit, session);
    }

    /** Answers null, having changed nothing, unless the commit applies and the directory still is what is known. */
    private @Nullable Outcome tryOnKnown(Commit commit, long session, Known directory) throws SQLException {
        DirectoryState state = directory.state;
        if (state.failing(commit) != null || !isAllowed(commit, state, directory.head)) {
            return null;
        }
        Head head = directory.head;
        boolean lasting = changesUnowned(commit, state);
        boolean stakes = session != 0 && !directory.stakes.contains(session) && createsOwned(commit, state);
        WatchEvent.Changed changed = state.apply(commit, nextRevision(head));
        Head moved = head.after(changed);
        if (!move(head, moved, session)) {
            return null;
        }
        write(moved, changed, session);
        if (stakes) {
            stake(session, head);
            directory.stakes.add(session);
        }
        directory.head = moved;
        KnownDirectories.count(directory, changed.puts());
        known.trim(commit.directory(), directory);
        return new Outcome(
                new CommitResult.Applied(moved.revision(), state.snapshot(commit.reply())),
                lasting,
                head.directory(),
                head.watchers());
    }

    private boolean isAllowed(Commit commit, DirectoryState state, Head head) {
        try {
            check(commit, state, head);
            return true;
        } catch (RuntimeException e) {
            // What is known may be out of date: the database will tell.
            return false;
        }
    }

    private Outcome commitOnStored(Commit commit, long session) throws SQLException {
        Head found = findHead(commit, session);
        Head head = found != null ? found : new Head(0, rows.floor(), 0, 0, 0);
        boolean whole = KnownDirectories.isWorthReading(commit, head);
        DirectoryState state = read(commit, head, whole);
        Guard failing = state.failing(commit);
        if (failing != null) {
            return Outcome.refused(failing, snapshot(commit, head, whole ? state : null));
        }
        check(commit, state, head);
        boolean lasting = changesUnowned(commit, state);
        boolean stakes = session != 0 && createsOwned(commit, state);
        if (found == null) {
            head = rows.create(commit.directory());
        }
        WatchEvent.Changed changed = state.apply(commit, nextRevision(head));
        Head moved = head.after(changed);
        if (!move(head, moved, session)) {
            throw new SQLException("the head of directory " + head.directory() + " does not move");
        }
        write(moved, changed, session);
        if (stakes) {
            stake(session, head);
        }
        if (whole) {
            Known directory = new Known(moved, state);
            if (stakes) {
                directory.stakes.add(session);
            }
            known.put(commit.directory(), directory);
        }
        CommitResult result = new CommitResult.Applied(moved.revision(), snapshot(commit, moved, whole ? state : null));
        return new Outcome(result, lasting, head.directory(), head.watchers());
    }

    /** Also sees to it that the commit's session has not ended. */
    private @Nullable Head findHead(Commit commit, long session) throws SQLException {
        PreparedStatement statement = database.sql(Sql.HEAD);
        statement.setString(1, commit.directory());
        if (session == 0) {
            statement.setNull(2, Types.INTEGER);
        } else {
            statement.setLong(2, session);
        }
        try (ResultSet row = statement.executeQuery()) {
            boolean found = row.next();
            boolean alive = found
                    ? row.getBoolean(6)
                    : session == 0 || Rows.number(database.sql(Sql.SESSION_ALIVE, session), 0) == 1;
            if (!alive) {
                throw new SessionLostException(
                        "The end of session " + commit.sessionId() + " is recorded: the commit on " + commit.directory()
                                + " was not applied. Open a new session.");
            }
            return found ? Rows.head(row) : null;
        }
    }

    /** All entries, or those that the commit names: no more is needed to judge it. */
    private DirectoryState read(Commit commit, Head head, boolean whole) throws SQLException {
        DirectoryState state = new DirectoryState(head.revision());
        if (head.entries() == 0) {
            return state;
        }
        Listing listing = whole ? rows.listing(head) : new Listing(head.revision(), named(commit, head));
        state.follow(new WatchEvent.Listed(listing, false));
        return state;
    }

    private List<Entry> named(Commit commit, Head head) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        commit.guards().forEach(guard -> names.add(guard.name()));
        for (Change change : commit.changes()) {
            if (!(change instanceof Change.Append)) {
                names.add(change.name());
            }
        }
        List<Entry> entries = new ArrayList<>(names.size());
        for (String name : names) {
            Entry entry = rows.entry(head.directory(), name);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private Snapshot snapshot(Commit commit, Head head, @Nullable DirectoryState whole) throws SQLException {
        if (whole != null) {
            return whole.snapshot(commit.reply());
        }
        return switch (commit.reply()) {
            case NOTHING -> Snapshot.NOTHING;
            case NAMES -> rows.names(head);
            case ENTRIES -> Snapshot.of(rows.listing(head));
        };
    }

    /** The state may lack entries that the commit does not name: their names are counted in the head. */
    private void check(Commit commit, DirectoryState state, Head head) {
        state.check(commit, Integer.MAX_VALUE);
        int added = 0;
        for (Change change : commit.changes()) {
            boolean exists = state.get(change.name()) != null;
            if (change instanceof Change.Delete) {
                added -= exists ? Names.utf8Length(change.name()) : 0;
            } else if (!exists) {
                added += Names.utf8Length(change.name());
            }
        }
        if (added > 0 && head.nameBytes() + added > mostNameBytes) {
            throw new InvalidArgument("directory " + commit.directory() + " would hold " + (head.nameBytes() + added)
                    + " bytes of names: at most " + mostNameBytes
                    + " are allowed, so spread the entries over several directories");
        }
    }

    private static boolean changesUnowned(Commit commit, DirectoryState state) {
        for (Change change : commit.changes()) {
            Entry entry = state.get(change.name());
            if (entry == null ? !(change instanceof Change.Delete) && !isOwned(change) : !entry.isOwned()) {
                return true;
            }
        }
        return false;
    }

    private static boolean createsOwned(Commit commit, DirectoryState state) {
        for (Change change : commit.changes()) {
            if (isOwned(change) && state.get(change.name()) == null) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOwned(Change change) {
        return change instanceof Change.Put put
                ? put.owned()
                : change instanceof Change.Append append && append.owned();
    }

    private long nextRevision(Head head) {
        return Math.max(head.revision() + 1, micros.getAsLong());
    }

    private boolean move(Head from, Head to, long session) throws SQLException {
        PreparedStatement statement = database.sql(session == 0 ? Sql.MOVE_HEAD : Sql.MOVE_HEAD_AS);
        statement.setLong(1, to.revision());
        statement.setInt(2, to.entries());
        statement.setInt(3, to.nameBytes());
        statement.setLong(4, from.directory());
        statement.setLong(5, from.revision());
        statement.setInt(6, from.watchers());
        if (session != 0) {
            statement.setLong(7, session);
        }
        return statement.executeUpdate() == 1;
    }

    private void write(Head head, WatchEvent.Changed changed, long session) throws SQLException {
        for (WatchEvent.Removal removal : changed.removals()) {
            PreparedStatement statement = database.sql(Sql.DELETE_ENTRY, head.directory());
            statement.setString(2, removal.name());
            statement.executeUpdate();
        }
        for (Entry put : changed.puts()) {
            boolean created = put.created() == changed.revision();
            PreparedStatement statement = database.sql(created ? Sql.CREATE_ENTRY : Sql.SET_ENTRY, head.directory());
            statement.setString(2, put.name());
            statement.setLong(3, changed.revision());
            if (created && put.isOwned()) {
                statement.setLong(4, session);
            } else if (created) {
                statement.setNull(4, Types.INTEGER);
            }
            statement.setBytes(created ? 5 : 4, put.value().toByteArray());
            statement.executeUpdate();
        }
        if (head.watchers() > 0) {
            ChangeLog.write(database, head.directory(), changed);
        }
    }

    private void stake(long session, Head head) throws SQLException {
        database.sql(Sql.NEW_STAKE, session, head.directory()).executeUpdate();
    }
}
