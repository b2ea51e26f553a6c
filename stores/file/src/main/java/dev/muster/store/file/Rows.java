package dev.muster.store.file;

import dev.muster.store.Bytes;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads directories. To be called within the database's mutex. */
final class Rows {

    private final Database database;

    Rows(Database database) {
        this.database = database;
    }

    /** An entry whose name, value, creating and last revision and owner begin at this column. */
    static Entry entry(ResultSet row, int column) throws SQLException {
        return new Entry(
                row.getString(column),
                bytes(row.getBytes(column + 1)),
                row.getLong(column + 2),
                row.getLong(column + 3),
                row.getString(column + 4));
    }

    static Bytes bytes(byte @Nullable [] value) {
        return value == null || value.length == 0 ? Bytes.EMPTY : Bytes.wrap(value);
    }

    /** Runs a statement that answers one number; the alternative where it answers no row. */
    static long number(PreparedStatement statement, long otherwise) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : otherwise;
        }
    }

    long floor() throws SQLException {
        return number(database.sql(Sql.FLOOR), 0);
    }

    /** Null where the directory does not exist. */
    @Nullable
    Head head(String directory) throws SQLException {
        PreparedStatement statement = database.sql(Sql.HEAD);
        statement.setString(1, directory);
        statement.setNull(2, java.sql.Types.INTEGER);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? head(row) : null;
        }
    }

    static Head head(ResultSet row) throws SQLException {
        return new Head(row.getLong(1), row.getLong(2), row.getInt(3), row.getInt(4), row.getInt(5));
    }

    /** Makes a directory that does not exist. */
    Head create(String directory) throws SQLException {
        PreparedStatement statement = database.sql(Sql.NEW_DIRECTORY);
        statement.setString(1, directory);
        long id = number(statement, 0);
        long floor = floor();
        database.sql(Sql.NEW_HEAD, id, floor).executeUpdate();
        return new Head(id, floor, 0, 0, 0);
    }

    @Nullable
    Entry entry(long directory, String name) throws SQLException {
        PreparedStatement statement = database.sql(Sql.ENTRY, directory);
        statement.setString(2, name);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? entry(row, 1) : null;
        }
    }

    Listing listing(Head head) throws SQLException {
        List<Entry> entries = new ArrayList<>(head.entries());
        try (ResultSet row = database.sql(Sql.ENTRIES, head.directory()).executeQuery()) {
            while (row.next()) {
                entries.add(entry(row, 1));
            }
        }
        return new Listing(head.revision(), entries);
    }

    /** The listing of a directory, existing or not. */
    Listing listing(String directory) throws SQLException {
        PreparedStatement statement = database.sql(Sql.LISTING);
        statement.setString(1, directory);
        List<Entry> entries = new ArrayList<>();
        long revision = 0;
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                // A directory that is absent was never there, or was swept out at a revision below the floor.
                revision = Math.max(row.getLong(1), row.getLong(2));
                if (row.getString(3) != null) {
                    entries.add(entry(row, 3));
                }
            }
        }
        return new Listing(revision, entries);
    }

    Snapshot names(Head head) throws SQLException {
        List<String> names = new ArrayList<>(head.entries());
        try (ResultSet row = database.sql(Sql.NAMES, head.directory()).executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return Snapshot.of(head.revision(), List.copyOf(names));
    }

    List<String> directories(String prefix) throws SQLException {
        PreparedStatement statement = database.sql(Sql.DIRECTORIES);
        statement.setString(1, prefix);
        List<String> names = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return List.copyOf(names);
    }
}
