package dev.muster.store.file;

import dev.muster.store.StorageException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, made once, and the mark that tells a store from other SQLite databases and from later formats.
 *
 * <p>An entry whose name is empty is the head of its directory: {@code modified} is the directory's revision. It lies
 * beside the directory's entries so that most commits write one page. Numbers of directories and sessions are never
 * given out twice.
 */
final class Schema {

    /** "MUST", where SQLite databases say which application they are of. */
    static final int APPLICATION = 0x4D555354;

    static final int FORMAT = 1;

    private static final String TABLE_COUNT = "select count(*) from sqlite_schema";

    private static final String[] TABLES = {
        "create table store (identity integer not null, floor integer not null)",
        "create table directory (id integer primary key autoincrement, name text not null unique)",
        "create table entry (dir integer not null, name text not null, created integer not null,"
                + " modified integer not null, owner integer, value blob,"
                + " entries integer, name_bytes integer, watchers integer, primary key (dir, name)) without rowid",
        // Without a name: a process that watches.
        "create table session (id integer primary key autoincrement, name text, lease integer not null,"
                + " beat integer not null)",
        // Where a session may own entries. An index over the owners of entries would cost each commit a page.
        "create table stake (session integer not null, dir integer not null, primary key (session, dir)) without rowid",
        "create index stake_by_dir on stake (dir)",
        "create table watcher (session integer not null, dir integer not null, primary key (session, dir))"
                + " without rowid",
        // What changed in watched directories: a name, and where it was removed, the revision that had created it.
        "create table log (seq integer primary key, dir integer not null, name text not null, gone integer)",
        "pragma application_id = " + APPLICATION,
        "pragma user_version = " + FORMAT,
    };

    private Schema() {}

    /**
     * Checks what the database is, making the tables in an empty one. Answers its identity.
     *
     * @param floor the revision that every commit exceeds, in a new store
     * @throws StorageException where it is none that this version can serve
     */
    static long prepare(Connection connection, Path file, long floor) throws SQLException {
        // In this order: another process may commit tables and mark, together, in between.
        int tables = number(connection, TABLE_COUNT);
        int application = number(connection, "pragma application_id");
        if (application == 0 && tables == 0) {
            create(connection, floor);
            application = number(connection, "pragma application_id");
        }
        if (application != APPLICATION) {
            throw new StorageException(file + " is a SQLite database of another application (id " + application + ", "
                    + tables + " tables): choose another directory for the store");
        }
        int format = number(connection, "pragma user_version");
        if (format != FORMAT) {
            throw new StorageException(file + " has the store format " + format + ", and this version of Muster knows"
                    + " format " + FORMAT + ": use the newest version that any process here uses");
        }
        String mode = text(connection, "pragma journal_mode = wal");
        if (!mode.equals("wal")) {
            throw new StorageException(
                    file + " lies on a file system that cannot share memory between processes (SQLite"
                            + " stays in journal mode " + mode + "): choose a directory on a local disk");
        }
        return Long.parseLong(text(connection, "select identity from store"));
    }

    private static void create(Connection connection, long floor) throws SQLException {
        execute(connection, "pragma auto_vacuum = incremental");
        execute(connection, "begin immediate");
        boolean done = false;
        try {
            // Unless another process has made them in the meantime.
            if (number(connection, TABLE_COUNT) == 0) {
                createTables(connection, floor);
            }
            execute(connection, "commit");
            done = true;
        } finally {
            if (!done) {
                execute(connection, "rollback");
            }
        }
    }

    private static void createTables(Connection connection, long floor) throws SQLException {
        for (String statement : TABLES) {
            execute(connection, statement);
        }
        // Leaves room for as many sessions above it as there will ever be.
        long identity = new SecureRandom().nextLong() >>> 2;
        execute(connection, "insert into store (identity, floor) values (" + identity + ", " + floor + ")");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(Connection connection, String sql) throws SQLException {
        return Integer.parseInt(text(connection, sql));
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
