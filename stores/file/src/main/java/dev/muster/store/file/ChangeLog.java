package dev.muster.store.file;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changed in the directories that some process watches: names alone, so that what a watcher reads grows with what
 * changed and not with the directory. The places in it follow one another without gaps; its beginning is cut off now and
 * then, and who finds a gap there has missed something.
 */
final class ChangeLog {

    /** How many changes are kept at least. */
    private static final int KEPT = 8192;

    private static final int SLACK = 1024;

    private final Database database;
    private long trimmedAt;

    ChangeLog(Database database) {
        this.database = database;
    }

    /**
     * The changes of one directory since a place of the log, folded into one.
     *
     * @param revision of the directory in the state that was read
     */
    record Folded(long revision, Map<String, Entry> puts, List<WatchEvent.Removal> removals) {

        /**
         * As an event. It may tell of the removal of what a listener never saw, which is better than to keep from one
         * that listed in between what it did see.
         */
        WatchEvent.Changed event() {
            List<Entry> ordered = new ArrayList<>(puts.values());
            ordered.sort(Entry.CREATION_ORDER);
            return new WatchEvent.Changed(revision, List.copyOf(ordered), List.copyOf(removals));
        }
    }

    /**
     * What followed a place.
     *
     * @param end the place to read on from
     * @param gap whether something is missing
     */
    record Page(long end, boolean gap, Map<Long, Folded> byDirectory) {}

    /** Writes what a commit changed, in its transaction: one row at least, as the directory's revision moved. */
    static void write(Database database, long directory, WatchEvent.Changed changed) throws SQLException {
        for (WatchEvent.Removal removal : changed.removals()) {
            write(database, directory, removal.name(), removal.created());
        }
        for (Entry put : changed.puts()) {
            write(database, directory, put.name(), 0);
        }
        if (changed.removals().isEmpty() && changed.puts().isEmpty()) {
            write(database, directory, "", 0);
        }
    }

    /** @param gone the revision that had created what was removed, 0 for what was put */
    static void write(Database database, long directory, String name, long gone) throws SQLException {
        PreparedStatement statement = database.sql(Sql.LOG, directory);
        statement.setString(2, name);
        if (gone == 0) {
            statement.setNull(3, Types.INTEGER);
        } else {
            statement.setLong(3, gone);
        }
        statement.executeUpdate();
    }

    long end() throws SQLException {
        return Rows.number(database.sql(Sql.LOG_END), 0);
    }

    Page read(long from) throws SQLException {
        Map<Long, Folded> byDirectory = new LinkedHashMap<>();
        long end = from;
        boolean gap = false;
        try (ResultSet row = database.sql(Sql.LOGGED, from).executeQuery()) {
            while (row.next()) {
                long place = row.getLong(1);
                gap |= place != end + 1;
                end = place;
                long revision = row.getLong(5);
                fold(
                        byDirectory.computeIfAbsent(
                                row.getLong(2),
                                directory -> new Folded(revision, new LinkedHashMap<>(), new ArrayList<>())),
                        row);
            }
        }
        return new Page(end, gap, byDirectory);
    }

    private static void fold(Folded folded, ResultSet row) throws SQLException {
        String name = row.getString(3);
        long gone = row.getLong(4);
        if (gone != 0) {
            folded.removals().add(new WatchEvent.Removal(name, gone));
        } else if (row.getLong(7) != 0 && !folded.puts().containsKey(name)) {
            folded.puts().put(name, entry(name, row));
        }
    }

    private static Entry entry(String name, ResultSet row) throws SQLException {
        byte[] value = row.getBytes(6);
        return new Entry(name, Rows.bytes(value), row.getLong(7), row.getLong(8), row.getString(9));
    }

    /** Whether much has come since it was trimmed. */
    boolean isLong() throws SQLException {
        return end() - trimmedAt > SLACK;
    }

    /** Cuts off the beginning, in a transaction that writes. The end stays: no place is given out again. */
    long trim() throws SQLException {
        long end = end();
        trimmedAt = end;
        return database.sql(Sql.TRIM_LOG, end - KEPT).executeUpdate();
    }

    /** For tests: leaves a gap. */
    long skip() throws SQLException {
        PreparedStatement statement = database.sql(Sql.SKIP_LOG, end() + 7);
        return statement.executeUpdate();
    }
}
