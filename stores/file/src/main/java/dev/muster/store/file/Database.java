package dev.muster.store.file;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The one connection of this process to the database, and its transactions. Threads of the process take turns by a
 * mutex, processes by SQLite's lock: at once where it is free, else through the queue. Nobody holds the mutex while
 * waiting for another process, so that readers go on.
 */
final class Database {

    private static final long SHORTEST_PAUSE = Duration.ofNanos(50_000).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(2).toNanos();
    private static final String ANOTHER_PROCESS = "another process holds the store's write lock";
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Path file;
    private final Connection connection;
    private final WriterQueue queue;
    private final Failures failures;

    /** Held by the one thread that writes, or waits for its turn among the processes. */
    private final ReentrantLock writer = new ReentrantLock();

    /** Held by the one thread that uses the connection. */
    private final ReentrantLock mutex = new ReentrantLock();

    /** Whether another process had the lock when it was last asked for. */
    private volatile boolean lockedOut;

    private final Map<Sql, PreparedStatement> prepared = new EnumMap<>(Sql.class);
    private Runnable onRollback = () -> {};
    private long identity;
    private boolean closed;

    /** Work in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    private Database(Path file, Connection connection, WriterQueue queue) {
        this.file = file;
        this.connection = connection;
        this.queue = queue;
        this.failures = new Failures(file);
    }

    /**
     * Opens the database, or makes it if absent.
     *
     * @param floor the revision that all commits exceed, in a new store
     * @throws TimeoutException where others keep it busy
     * @throws StorageException where it cannot serve
     */
    static Database open(Path file, WriterQueue queue, long floor, Duration timeout) {
        Database database = new Database(file, connect(file, timeout), queue);
        boolean done = false;
        try {
            database.identity = database.read("open the store", timeout, () -> database.prepare(floor));
            done = true;
            return database;
        } finally {
            if (!done) {
                database.close();
            }
        }
    }

    private static Connection connect(Path file, Duration timeout) {
        NativeLibrary.load();
        SQLiteConfig config = new SQLiteConfig();
        // Others may be making or recovering it: a moment, once.
        config.setBusyTimeout((int) timeout.toMillis());
        // Owners do not outlive a loss of power; what is to outlive it, the WalFile brings to the disk.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setJournalSizeLimit(16 << 20);
        config.setWalAutocheckpoint(2000);
        // The mutex is here. And to ask for the key of each inserted row would cost more than the row.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.setGetGeneratedKeys(false);
        try {
            return config.createConnection("jdbc:sqlite:" + file.toUri());
        } catch (SQLException e) {
            throw new Failures(file).of(e, "open the store");
        }
    }

    private long prepare(long floor) throws SQLException {
        long identity = Schema.prepare(connection, file, floor);
        // From here on the queue waits, not SQLite, whose waiting starves those who come late.
        Schema.execute(connection, "pragma busy_timeout = 0");
        return identity;
    }

    /** A number of at most 62 bits that tells this store from others. */
    long identity() {
        return identity;
    }

    Connection connection() {
        return connection;
    }

    /** A kept statement, with the parameters that it had last. Within a transaction alone. */
    PreparedStatement sql(Sql sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql.text);
            prepared.put(sql, statement);
        }
        return statement;
    }

    PreparedStatement sql(Sql sql, long parameter) throws SQLException {
        PreparedStatement statement = sql(sql);
        statement.setLong(1, parameter);
        return statement;
    }

    PreparedStatement sql(Sql sql, long first, long second) throws SQLException {
        PreparedStatement statement = sql(sql, first);
        statement.setLong(2, second);
        return statement;
    }

    /** As below, with nothing to note. */
    <T> T write(String what, Duration timeout, Work<T> work) {
        return write(what, timeout, work, result -> {});
    }

    /**
     * Runs work that writes, in one transaction. What it throws rolls back.
     *
     * @param what completes the sentence "could not …"
     * @param onCommit takes the result once it stands, before any other thread uses the connection. Must not fail.
     * @throws TimeoutException where others keep the store busy for longer than allowed: nothing was done
     * @throws StorageException where the database fails: nothing was done. (A commit becomes visible by its last step,
     *     in memory, which cannot fail. An error of COMMIT means that this was not reached; what was written to the log
     *     before that is overwritten by whoever commits next.)
     */
    <T> T write(String what, Duration timeout, Work<T> work, Consumer<T> onCommit) {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock(writer, what, timeout, deadline);
        try {
            boolean queued = begin(what, timeout, deadline);
            try {
                return transact(what, work, onCommit);
            } finally {
                mutex.unlock();
                if (queued) {
                    queue.leave();
                }
            }
        } finally {
            writer.unlock();
        }
    }

    private <T> T transact(String what, Work<T> work, Consumer<T> onCommit) {
        boolean done = false;
        try {
            T result = work.run();
            queue.count();
            sql(Sql.COMMIT).executeUpdate();
            queue.count();
            done = true;
            onCommit.accept(result);
            return result;
        } catch (SQLException e) {
            throw failed(e, what);
        } finally {
            if (!done) {
                rollback();
                onRollback.run();
            }
        }
    }

    /** Runs one statement that reads, or several within {@link #inOneState}. */
    <T> T read(String what, Duration timeout, Work<T> work) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = SHORTEST_PAUSE;
        while (true) {
            lock(mutex, what, timeout, deadline);
            try {
                return work.run();
            } catch (SQLException e) {
                // Readers wait for nobody but one who opens the store, or recovers it after a crash.
                if (!Failures.isBusy(e)) {
                    throw failed(e, what);
                }
            } finally {
                mutex.unlock();
            }
            pause = pause(pause, what, timeout, deadline);
        }
    }

    /** Within {@link #read}: has all statements see the same state. */
    <T> T inOneState(Work<T> work) throws SQLException {
        sql(Sql.BEGIN_READING).executeUpdate();
        try {
            return work.run();
        } finally {
            rollback();
        }
    }

    /** Returns with the mutex held. Answers whether this process stands in the queue, to leave it afterwards. */
    private boolean begin(String what, Duration timeout, long deadline) {
        if (!queue.isAdvised() && tryBegin(what, timeout, deadline)) {
            return false;
        }
        lockedOut = true;
        long arrived = System.nanoTime();
        boolean queued = queue.enter(timeout);
        boolean begun = false;
        try {
            if (System.nanoTime() - arrived > SHORTEST_PAUSE) {
                queue.advise();
            }
            long pause = SHORTEST_PAUSE;
            while (!tryBegin(what, timeout, deadline)) {
                queue.advise();
                pause = pause(pause, what, timeout, deadline);
            }
            begun = true;
            return queued;
        } finally {
            if (queued && !begun) {
                queue.leave();
            }
        }
    }

    /** Holds the mutex if it answers true. */
    private boolean tryBegin(String what, Duration timeout, long deadline) {
        lock(mutex, what, timeout, deadline);
        boolean begun = false;
        try {
            sql(Sql.BEGIN).executeUpdate();
            begun = true;
            lockedOut = false;
            return true;
        } catch (SQLException e) {
            if (Failures.isBusy(e)) {
                lockedOut = true;
                return false;
            }
            throw failed(e, what);
        } finally {
            if (!begun) {
                mutex.unlock();
            }
        }
    }

    private void lock(ReentrantLock lock, String what, Duration timeout, long deadline) {
        if (!lock.tryLock()) {
            waitFor(lock, what, timeout, deadline);
        }
        if (closed) {
            lock.unlock();
            throw new ConnectionException("The file store is closed: open it again");
        }
    }

    private void waitFor(ReentrantLock lock, String what, Duration timeout, long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    boolean others = lock == writer && lockedOut;
                    throw timeout(
                            what, timeout, others ? ANOTHER_PROCESS : "other threads of this process keep it busy");
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long pause(long pause, String what, Duration timeout, long deadline) {
        if (System.nanoTime() - deadline >= 0) {
            throw timeout(what, timeout, ANOTHER_PROCESS);
        }
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(this, pause);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Math.min(pause * 2, LONGEST_PAUSE);
    }

    private TimeoutException timeout(String what, Duration timeout, String why) {
        return new TimeoutException(
                "Could not " + what + " in " + file + ": " + why + ", for over " + timeout.toMillis()
                        + " ms. Nothing was done. Look for a process that is stopped or hangs, or allow more by the option"
                        + " timeout.");
    }

    /** Has this called where a transaction that may have written was rolled back. */
    void onRollback(Runnable action) {
        onRollback = action;
    }

    /** The driver closes a statement that failed, and does not say which: all are prepared anew. */
    private MusterException failed(SQLException e, String what) {
        for (PreparedStatement statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException again) {
                LOG.debug("closing a statement of {}", file, again);
            }
        }
        prepared.clear();
        return failures.of(e, what);
    }

    private void rollback() {
        try {
            sql(Sql.ROLLBACK).executeUpdate();
        } catch (SQLException e) {
            // After some errors SQLite has rolled back by itself.
            LOG.debug("rolling back in {}", file, e);
            prepared.remove(Sql.ROLLBACK);
        }
    }

    /** Waits for those who use it; who comes later is refused. Never throws. */
    void close() {
        writer.lock();
        mutex.lock();
        try {
            closed = true;
            connection.close();
        } catch (SQLException e) {
            LOG.warn("could not close {}", file, e);
        } finally {
            mutex.unlock();
            writer.unlock();
        }
    }
}
