package dev.muster.store.file;

import dev.muster.host.Bell;
import dev.muster.host.SessionLocks;
import dev.muster.host.SharedWords;
import dev.muster.host.Turnstile;
import dev.muster.store.Scheduler;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lies beside the database in the directory of a store. */
record StoreFiles(Path directory, SharedWords words, Turnstile turnstile, SessionLocks locks, Bell bell) {

    /** When a writer last found that others write, too. */
    static final int ADVISED = 0;

    /** When the locks of all sessions were last tried. */
    static final int PROBED = 1;

    /** When the last sweep began. */
    static final int SWEPT = 2;

    /** Counts before and after each commit, so that who finds it unmoved need not ask the database. */
    static final int COMMITS = 3;

    private static final int WORDS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

    static StoreFiles open(Path directory, Scheduler scheduler) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        boolean done = false;
        try {
            SharedWords words = SharedWords.open(directory.resolve("shared"), WORDS);
            opened.push(words);
            Turnstile turnstile = Turnstile.open(directory.resolve("turn"), scheduler);
            opened.push(turnstile);
            SessionLocks locks = SessionLocks.open(directory.resolve("sessions"));
            opened.push(locks);
            Bell bell = Bell.open(directory.resolve("bell"));
            done = true;
            return new StoreFiles(directory, words, turnstile, locks, bell);
        } finally {
            if (!done) {
                opened.forEach(StoreFiles::close);
            }
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("could not close a file of a store", e);
        }
    }

    Path database() {
        return directory.resolve("store.db");
    }

    Path wal() {
        return directory.resolve("store.db-wal");
    }

    WriterQueue queue() {
        return new WriterQueue(turnstile, words);
    }

    /** To be called when no thread uses any of it. */
    void close() {
        bell.close();
        locks.close();
        turnstile.close();
        words.close();
    }
}
