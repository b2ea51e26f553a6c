package dev.muster.store.file;

import dev.muster.host.SessionLocks;
import dev.muster.store.Names;
import dev.muster.store.StorageException;
import dev.muster.store.WatchEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all processes. Each has a row and a lock: the row is there until the end is recorded, the lock is held
 * as long as the process lives. Processes that watch are in it too, without a name.
 */
final class SessionTable {

    private static final int MOST_NUMBERS_TRIED = 1000;

    private final Database database;
    private final SessionLocks locks;
    private final LongSupplier micros;
    private final long base;

    /** @param base keeps the locks of this store apart from those of one that was in the same place before */
    SessionTable(Database database, SessionLocks locks, LongSupplier micros, long base) {
        this.database = database;
        this.locks = locks;
        this.micros = micros;
        this.base = base;
    }

    /**
     * A row.
     *
     * @param lease nanoseconds after the last heartbeat at which the session is over, 0 for never
     * @param beat {@link System#nanoTime} just before the last heartbeat was sent
     */
    record Row(long number, long lease, long beat) {

        boolean isOverdue() {
            return lease > 0 && System.nanoTime() - beat > lease;
        }
    }

    /** A session of this process. */
    record Opened(long number, SessionLocks.Claim claim) {}

    /** Opens a session. Its lock is taken before its row can be seen, so that no row is ever seen without. */
    Opened open(@Nullable String name, long lease, long beat) throws SQLException {
        for (int i = 0; i < MOST_NUMBERS_TRIED; i++) {
            PreparedStatement statement = database.sql(Sql.NEW_SESSION);
            if (name == null) {
                statement.setNull(1, Types.VARCHAR);
            } else {
                statement.setString(1, name);
            }
            statement.setLong(2, lease);
            statement.setLong(3, beat);
            long number = Rows.number(statement, 0);
            SessionLocks.Claim claim = locks.tryClaim(base + number);
            if (claim != null) {
                return new Opened(number, claim);
            }
            delete(number, null);
        }
        throw new StorageException(
                "Could not open a session: other code holds locks on the sessions file of the store");
    }

    List<Row> rows() throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = database.sql(Sql.SESSIONS).executeQuery()) {
            while (row.next()) {
                rows.add(new Row(row.getLong(1), row.getLong(2), row.getLong(3)));
            }
        }
        return rows;
    }

    /** Proof that a session's process is dead; null where it lives. To be held while the end is recorded. */
    SessionLocks.@Nullable Claim proofOfDeath(long number) {
        return locks.tryClaim(base + number);
    }

    /** Answers false where the end of the session is recorded. */
    boolean beat(long number, long beat) throws SQLException {
        return database.sql(Sql.BEAT, number, beat).executeUpdate() == 1;
    }

    /**
     * Records the end of a session and removes what it owns from all directories, from each at a revision of its own: in
     * one transaction, so that nobody sees the one without the other.
     *
     * @param beat the session ends only if this was its last heartbeat; null in any case
     * @return whether entries went from directories that are watched
     */
    boolean end(long number, @Nullable Long beat) throws SQLException {
        if (!delete(number, beat)) {
            return false;
        }
        boolean audible = false;
        for (long directory : stakes(number)) {
            List<WatchEvent.Removal> removed = deleteOwned(directory, number);
            if (!removed.isEmpty()) {
                audible |= shrink(directory, removed);
            }
        }
        database.sql(Sql.END_STAKES, number).executeUpdate();
        database.sql(Sql.LEAVE_WATCHED, number).executeUpdate();
        database.sql(Sql.END_WATCHERS, number).executeUpdate();
        return audible;
    }

    private boolean delete(long number, @Nullable Long beat) throws SQLException {
        PreparedStatement statement = database.sql(Sql.END_SESSION, number);
        if (beat == null) {
            statement.setNull(2, Types.INTEGER);
        } else {
            statement.setLong(2, beat);
        }
        return statement.executeUpdate() == 1;
    }

    private List<Long> stakes(long number) throws SQLException {
        List<Long> directories = new ArrayList<>();
        try (ResultSet row = database.sql(Sql.STAKES, number).executeQuery()) {
            while (row.next()) {
                directories.add(row.getLong(1));
            }
        }
        return directories;
    }

    private List<WatchEvent.Removal> deleteOwned(long directory, long number) throws SQLException {
        List<WatchEvent.Removal> removed = new ArrayList<>();
        try (ResultSet row = database.sql(Sql.DELETE_OWNED, directory, number).executeQuery()) {
            while (row.next()) {
                removed.add(new WatchEvent.Removal(row.getString(1), row.getLong(2)));
            }
        }
        return removed;
    }

    /** Answers whether somebody watches the directory. */
    private boolean shrink(long directory, List<WatchEvent.Removal> removed) throws SQLException {
        PreparedStatement statement = database.sql(Sql.SHRINK_HEAD, directory, micros.getAsLong());
        statement.setLong(3, removed.size());
        statement.setLong(
                4,
                removed.stream()
                        .mapToInt(removal -> Names.utf8Length(removal.name()))
                        .sum());
        if (Rows.number(statement, 0) == 0) {
            return false;
        }
        for (WatchEvent.Removal removal : removed) {
            ChangeLog.write(database, directory, removal.name(), removal.created());
        }
        return true;
    }
}
