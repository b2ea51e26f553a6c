package dev.muster.store.file;

import dev.muster.host.Bell;
import dev.muster.host.SessionLocks;
import dev.muster.host.SharedWords;
import dev.muster.host.Turnstile;
import dev.muster.store.Scheduler;
import java.nio.file.Path;

/** What lies beside the database in the directory of a store. */
record StoreFiles(Path directory, SharedWords words, Turnstile turnstile, SessionLocks locks, Bell bell) {

    /** What the shared words are for: when others were last advised to queue, and who looks after what. */
    static final int ADVISED = 0;

    static final int PROBED = 1;
    static final int SWEPT = 2;
    private static final int WORDS = 8;

    static StoreFiles open(Path directory, Scheduler scheduler) {
        SharedWords words = SharedWords.open(directory.resolve("shared"), WORDS);
        Turnstile turnstile = Turnstile.open(directory.resolve("turn"), scheduler);
        try {
            SessionLocks locks = SessionLocks.open(directory.resolve("sessions"));
            try {
                return new StoreFiles(directory, words, turnstile, locks, Bell.open(directory.resolve("bell")));
            } catch (RuntimeException e) {
                locks.close();
                throw e;
            }
        } catch (RuntimeException e) {
            turnstile.close();
            throw e;
        }
    }

    Path database() {
        return directory.resolve("store.db");
    }

    Path wal() {
        return directory.resolve("store.db-wal");
    }

    WriterQueue queue() {
        return new WriterQueue(turnstile, words, ADVISED);
    }

    void close() {
        bell.close();
        locks.close();
        turnstile.close();
    }
}
