package dev.muster.store.file;

import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Scheduler;
import dev.muster.store.SessionLostException;
import dev.muster.store.StorageException;
import dev.muster.store.spi.SystemScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the stores of this process share that lie in one directory: the connection, the sessions, the watches. */
final class FileSpace {

    /** For what the space does of itself. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(FileSpace.class);

    private final SystemScheduler scheduler;
    private final StoreFiles files;
    private final Database database;
    private final WalFile wal;
    private final Rows rows;
    private final Committer committer;
    private final SessionTable sessions;
    private final Watches watches;
    private final ChangeLog log;
    private final Sweeper sweeper;
    private final Caretaker caretaker;
    private final Map<Long, FileSession> own = new ConcurrentHashMap<>();
    private final Set<Consumer<StorageException>> onFailure = ConcurrentHashMap.newKeySet();
    private volatile @Nullable StorageException failure;

    private FileSpace(SystemScheduler scheduler, StoreFiles files, Database database, LongSupplier micros) {
        this.scheduler = scheduler;
        this.files = files;
        this.database = database;
        wal = new WalFile(files.wal());
        rows = new Rows(database);
        committer = new Committer(database, rows, micros, Limits.STANDARD.directoryNameBytes());
        sessions = new SessionTable(database, files.locks(), micros, database.identity());
        log = new ChangeLog(database);
        watches = new Watches(database, rows, log, sessions, files.bell(), this::pump);
        sweeper = new Sweeper(database, micros);
        caretaker = new Caretaker(this, files, database, log, sessions, watches, sweeper);
    }

    /** Opens the store in a directory that exists, by the clock of this host. */
    static FileSpace open(Path directory) {
        return open(directory, () -> System.currentTimeMillis() * 1000);
    }

    /** @param micros the clock that revisions follow */
    static FileSpace open(Path directory, LongSupplier micros) {
        SystemScheduler scheduler = new SystemScheduler("muster-file-queue");
        StoreFiles files = StoreFiles.open(directory, scheduler);
        Database database = null;
        try {
            database = Database.open(files.database(), files.queue(), micros.getAsLong(), PATIENCE);
            FileSpace space = new FileSpace(scheduler, files, database, micros);
            space.caretaker.start();
            return space;
        } catch (RuntimeException e) {
            if (database != null) {
                database.close();
            }
            files.close();
            scheduler.close();
            throw e;
        }
    }

    /** @param lease zero for a session that lasts as long as the process */
    FileSession openSession(Duration lease, Duration timeout, Scheduler scheduler, Consumer<FileSession> onEnd) {
        String id = Nonce.next().toString();
        SessionTable.Opened[] made = new SessionTable.Opened[1];
        boolean done = false;
        try {
            FileSession session = database.write(
                    "open a session",
                    timeout,
                    () -> {
                        long opening = System.nanoTime();
                        made[0] = sessions.open(id, lease.toNanos(), opening);
                        return new FileSession(this, id, made[0], lease, opening, scheduler, onEnd);
                    },
                    opened -> own.put(opened.number(), opened));
            done = true;
            if (session.hasLease()) {
                caretaker.wake();
            }
            session.begin();
            return session;
        } finally {
            if (!done && made[0] != null) {
                made[0].claim().close();
            }
        }
    }

    /** Records the end of a session of this process, which learns of it before those who watch what it owned. */
    void end(FileSession session) {
        boolean audible =
                database.write("end session " + session.id(), PATIENCE, () -> sessions.end(session.number(), null));
        session.lose();
        announce(audible);
    }

    void forget(FileSession session) {
        own.remove(session.number());
    }

    /** Tells the session of this number, if it is of this process, that its end is recorded. */
    void lose(long number) {
        FileSession session = own.get(number);
        if (session != null) {
            session.lose();
        }
    }

    Collection<FileSession> own() {
        return own.values();
    }

    CommitResult commit(Commit commit, @Nullable FileSession session, Duration timeout) {
        Committer.Outcome outcome;
        try {
            outcome = database.write(
                    "commit to directory " + commit.directory(),
                    timeout,
                    () -> committer.commit(commit, session == null ? 0 : session.number()));
        } catch (SessionLostException e) {
            if (session != null) {
                session.lose();
            }
            throw e;
        }
        if (outcome.result() instanceof CommitResult.Applied applied) {
            commit.fate().applied(applied.revision());
            if (outcome.watchers() > 0) {
                tell(outcome);
            }
            if (outcome.lasting()) {
                force(commit);
            }
        }
        return outcome.result();
    }

    private void tell(Committer.Outcome outcome) {
        boolean here = watches.isWatched(outcome.directory());
        if (outcome.watchers() > (here ? 1 : 0)) {
            files.bell().ring();
        }
        if (here) {
            pump();
        }
    }

    /** Delivers to the watches of this process. What fails here is made up for by the caretaker. */
    private void pump() {
        try {
            watches.read(PATIENCE);
        } catch (MusterException e) {
            LOG.debug("the watches of {} are told later", files.directory(), e);
        }
    }

    private void force(Commit commit) {
        try {
            wal.force();
        } catch (StorageException e) {
            // It is applied and all have it, but a loss of power may take it: that is neither yes nor no.
            throw new OutcomeUnknownException(commit, e);
        }
    }

    /** @param audible whether anybody watches what changed */
    void announce(boolean audible) {
        if (audible) {
            files.bell().ring();
            pump();
        }
    }

    Listing list(String directory, Duration timeout) {
        return database.read("list directory " + directory, timeout, () -> rows.listing(directory));
    }

    List<String> directories(String prefix, Duration timeout) {
        return database.read("list the directories", timeout, () -> rows.directories(prefix));
    }

    /** For tests. */
    Sweeper sweeper() {
        return sweeper;
    }

    /** For tests: has all who watch miss what follows. */
    void cutLog() {
        database.write("cut the change log", PATIENCE, log::skip);
    }

    Watches watches() {
        return watches;
    }

    /** Puts the store out of use in this process. */
    void fail(StorageException cause) {
        if (failure != null) {
            return;
        }
        failure = cause;
        LOG.error("{}", cause.getMessage());
        own().forEach(FileSession::lose);
        onFailure.forEach(store -> store.accept(cause));
    }

    /** Has a store told when the space is put out of use, until it leaves. */
    Cancellable join(Consumer<StorageException> store) {
        onFailure.add(store);
        return () -> onFailure.remove(store);
    }

    void check() {
        StorageException cause = failure;
        if (cause != null) {
            throw new StorageException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** To be called once, when no store uses it any more. */
    void close() {
        caretaker.stop();
        try {
            watches.close(PATIENCE);
        } catch (MusterException e) {
            LOG.debug("the watches of {} will be ended by others", files.directory(), e);
        }
        wal.close();
        database.close();
        files.close();
        scheduler.close();
    }
}
