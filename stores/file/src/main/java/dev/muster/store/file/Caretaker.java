package dev.muster.store.file;

import dev.muster.host.SessionLocks;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import dev.muster.store.file.SessionTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks after a store in this process: sends heartbeats, ends the sessions of dead processes, sees to it
 * that no change was missed, sweeps. What one process can do for all is done by whoever comes first.
 */
final class Caretaker implements Runnable {

    private static final Duration TICK = Duration.ofMillis(500);

    /** Less than a tick, lest a process that ticks just too early leaves it to one that has just died. */
    private static final Duration PROBING = Duration.ofMillis(250);

    private static final int TICKS_OF_REST = 8;
    private static final int TICKS_OF_TRUST = 20;
    private static final int BEATS_A_LEASE = 4;
    private static final int MOST_ENDED_AT_ONCE = 128;
    private static final Duration SWEEPING = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);

    private final FileSpace space;
    private final StoreFiles files;
    private final Database database;
    private final ChangeLog log;
    private final SessionTable sessions;
    private final Watches watches;
    private final Sweeper sweeper;
    private final @Nullable Object key;
    private final Thread thread = new Thread(this, "muster-file");
    private volatile boolean stopped;
    private @Nullable String lastFailure;
    private List<Row> rows = List.of();
    private boolean stale = true;
    private long lastCounted = -1;
    private boolean movedLately;
    private long lastVersion = -1;
    private long lastBeat;
    private int ticks;

    Caretaker(
            FileSpace space,
            StoreFiles files,
            Database database,
            ChangeLog log,
            SessionTable sessions,
            Watches watches,
            Sweeper sweeper) {
        this.space = space;
        this.files = files;
        this.database = database;
        this.log = log;
        this.sessions = sessions;
        this.watches = watches;
        this.sweeper = sweeper;
        this.key = key();
        thread.setDaemon(true);
    }

    /** Ends what was left behind when the last process died, and begins to look after the store. */
    void start() {
        try {
            reap(Set.of());
        } catch (TimeoutException e) {
            LOG.warn(
                    "the store of {} is opened without a look for dead sessions: {}",
                    files.directory(),
                    e.getMessage());
        }
        thread.start();
    }

    /** Has it look at the leases, of which there is one more: it may sleep for longer than that lasts. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns when the thread has ended. */
    void stop() {
        stopped = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            LockSupport.parkNanos(this, Math.min(TICK.toNanos(), shortestBeat(space.own())));
            if (!stopped) {
                tick();
            }
        }
    }

    private void tick() {
        try {
            // Before anything is read: a session that is opened from here on is in the rows, and not in here.
            Set<Long> own = ownNumbers();
            boolean rest = ++ticks % TICKS_OF_REST == 0;
            boolean stirred = isStirred() || ticks % TICKS_OF_TRUST == 0;
            stale |= stirred;
            beat();
            boolean changed = stirred && hasChanged();
            if (files.words().takeTurn(StoreFiles.PROBED, PROBING.toNanos())) {
                reap(own);
                trim(stirred);
            } else if (changed && !own.isEmpty()) {
                loseEnded(own, rows());
            }
            if (changed) {
                watches.verify(FileSpace.PATIENCE);
            }
            if (rest) {
                checkFiles();
                watches.rest(FileSpace.PATIENCE);
            }
            sweep(SWEEPING);
            lastFailure = null;
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /**
     * Whether anybody has committed since the last tick, or just before it: what was counted then may only have become
     * visible since. Who is stopped in the middle of a commit for longer than that, and then killed, leaves it uncounted,
     * so that now and then one must look all the same.
     */
    private boolean isStirred() {
        long counted = files.words().get(StoreFiles.COMMITS);
        boolean moved = counted != lastCounted;
        boolean stirred = moved || movedLately;
        lastCounted = counted;
        movedLately = moved;
        return stirred;
    }

    /** Sends the heartbeats of all sessions that have a lease, in one transaction. */
    private void beat() {
        // Those whose time is over find out by being asked.
        List<FileSession> leased = new ArrayList<>();
        for (FileSession session : space.own()) {
            if (session.hasLease() && !session.state().isFinal()) {
                leased.add(session);
            }
        }
        long sent = System.nanoTime();
        if (leased.isEmpty() || sent - lastBeat + TICK.toNanos() / 2 < shortestBeat(leased)) {
            return;
        }
        try {
            List<FileSession> lost = new ArrayList<>();
            database.write("send heartbeats", FileSpace.PATIENCE, () -> {
                for (FileSession session : leased) {
                    if (!sessions.beat(session.number(), sent)) {
                        lost.add(session);
                    }
                }
                return lost;
            });
            lastBeat = sent;
            lost.forEach(FileSession::lose);
            leased.forEach(session -> session.renewed(sent));
        } catch (MusterException e) {
            leased.forEach(session -> session.suspend(e));
        }
    }

    private static long shortestBeat(Collection<FileSession> leased) {
        long shortest = Long.MAX_VALUE;
        for (FileSession session : leased) {
            if (session.hasLease()) {
                shortest = Math.min(shortest, session.timeout().toNanos() / BEATS_A_LEASE);
            }
        }
        return shortest;
    }

    /** Whether another process has committed since the last time. */
    private boolean hasChanged() {
        if (!watches.isAny() && space.own().isEmpty()) {
            return false;
        }
        long version = database.read(
                "look at the store", FileSpace.PATIENCE, () -> Rows.number(database.sql(Sql.DATA_VERSION), 0));
        boolean changed = version != lastVersion;
        lastVersion = version;
        return changed;
    }

    private List<Row> rows() {
        if (stale) {
            rows = database.read("read the sessions", FileSpace.PATIENCE, sessions::rows);
            stale = false;
        }
        return rows;
    }

    /** The sessions of this process, and the one by which it watches. */
    private Set<Long> ownNumbers() {
        Set<Long> numbers = new HashSet<>();
        space.own().forEach(session -> numbers.add(session.number()));
        if (watches.self() != 0) {
            numbers.add(watches.self());
        }
        return numbers;
    }

    private void loseEnded(Set<Long> own, List<Row> rows) {
        Set<Long> ended = new HashSet<>(own);
        rows.forEach(row -> ended.remove(row.number()));
        for (long number : ended) {
            if (number == watches.self()) {
                space.fail(new StorageException("The store of " + files.directory() + " takes this process for dead,"
                        + " though it lives: was a file of the store removed, or opened by other code of this process?"
                        + " Open the store again."));
            }
            space.lose(number);
        }
    }

    /** Ends the sessions of dead processes, and those whose lease has run out. */
    private void reap(Set<Long> own) {
        List<Row> dead = new ArrayList<>();
        List<Row> overdue = new ArrayList<>();
        List<SessionLocks.Claim> proofs = new ArrayList<>();
        List<Row> known = rows();
        try {
            for (Row row : known) {
                SessionLocks.Claim proof = own.contains(row.number()) ? null : sessions.proofOfDeath(row.number());
                if (proof != null) {
                    proofs.add(proof);
                    dead.add(row);
                } else if (row.isOverdue()) {
                    overdue.add(row);
                }
            }
            end(dead, row -> null);
            end(overdue, Row::beat);
        } finally {
            proofs.forEach(SessionLocks.Claim::close);
        }
        loseEnded(own, known);
    }

    /** @param beat the last heartbeat after which a session ends, if it came to no other; or null */
    private void end(List<Row> rows, Function<Row, @Nullable Long> beat) {
        for (int from = 0; from < rows.size(); from += MOST_ENDED_AT_ONCE) {
            List<Row> some = rows.subList(from, Math.min(rows.size(), from + MOST_ENDED_AT_ONCE));
            stale = true;
            space.announce(database.write("end sessions", FileSpace.PATIENCE, () -> {
                boolean audible = false;
                for (Row row : some) {
                    audible |= sessions.end(row.number(), beat.apply(row));
                }
                return audible;
            }));
        }
    }

    private void trim(boolean stirred) {
        if (stirred && database.read("look at the change log", FileSpace.PATIENCE, log::isLong)) {
            database.write("trim the change log", FileSpace.PATIENCE, log::trim);
        }
    }

    private void sweep(Duration idle) {
        if (files.words().takeTurn(StoreFiles.SWEPT, idle.toNanos())) {
            sweeper.begin();
        }
        sweeper.step(idle);
    }

    /** A store that somebody removed lives on without a name, but newcomers would make another. */
    private void checkFiles() {
        Object now = key();
        if (key != null && !key.equals(now)) {
            space.fail(new StorageException("The store of " + files.directory()
                    + " was removed or replaced while it was in use: open it again in every process"));
        }
    }

    private @Nullable Object key() {
        try {
            return List.of(key(files.database()), key(files.directory().resolve("sessions")));
        } catch (NoSuchFileException e) {
            return "none";
        } catch (IOException e) {
            LOG.debug("could not look at {}", files.directory(), e);
            return key;
        }
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? "unknown" : key;
    }

    private void failed(RuntimeException e) {
        String kind = e.getClass().getName();
        if (kind.equals(lastFailure)) {
            return;
        }
        lastFailure = kind;
        LOG.warn("looking after the store of {} failed; trying again", files.directory(), e);
        if (e instanceof MusterException failure) {
            space.own().forEach(session -> session.failed(failure));
        }
    }
}
