package dev.muster.store.file;

import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What an error of SQLite means to the caller, and what to do about it. */
final class Failures {

    private final Path file;

    Failures(Path file) {
        this.file = file;
    }

    /** Whether another process is in the way, and waiting helps. */
    static boolean isBusy(SQLException e) {
        int primary = primary(e);
        return primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_PROTOCOL.code;
    }

    /** @param what completes the sentence "could not …" */
    MusterException of(SQLException e, String what) {
        return new StorageException("Could not " + what + " in " + file + ": " + advice(e) + " (" + reason(e) + ")", e);
    }

    private String advice(SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException known ? known.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        if (code == SQLiteErrorCode.SQLITE_READONLY_DBMOVED) {
            return "the file was moved or removed while it was in use. Open the store again in every process";
        }
        return switch (SQLiteErrorCode.getErrorCode(primary(e))) {
            case SQLITE_FULL -> "the disk is full. Nothing was changed: make room, then try again";
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                "this user cannot write it. Give it the" + " right to write the directory and all files in it";
            case SQLITE_NOTADB ->
                "the file is no SQLite database, or is corrupt. Move it away, or bring back a good copy";
            case SQLITE_CORRUPT ->
                "the database is corrupt. Stop all processes that use it, then bring back a good copy,"
                        + " or move it away to begin with an empty store";
            case SQLITE_IOERR ->
                "reading or writing the disk failed. Nothing was changed: look at the disk and the" + " system's log";
            case SQLITE_NOMEM -> "memory ran out. Nothing was changed";
            default -> "SQLite refused. Nothing was changed";
        };
    }

    private static String reason(SQLException e) {
        String name = e instanceof SQLiteException known ? known.getResultCode().name() : "code " + e.getErrorCode();
        return name.toLowerCase(Locale.ROOT).replace("sqlite_", "SQLite: ");
    }

    /** Extended result codes carry the primary one in their lowest byte. */
    private static int primary(SQLException e) {
        return (e instanceof SQLiteException known ? known.getResultCode().code : e.getErrorCode()) & 0xff;
    }
}
