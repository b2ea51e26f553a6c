package dev.muster.store.file;

import dev.muster.host.SessionLocks;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.file.SessionTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks after a store in this process: sends heartbeats, ends the sessions of dead processes, sees to it
 * that no change was missed, sweeps. What one process can do for all is done by whoever comes first.
 */
final class Caretaker implements Runnable {

    private static final long TICK = Duration.ofMillis(400).toNanos();

    /** How long it is somebody's turn to look for dead processes: below a tick, so that one alone takes every turn. */
    private static final long TURN = Duration.ofMillis(300).toNanos();

    private static final int TICKS_OF_TRUST = 4;
    private static final int TICKS_OF_REST = 5;
    private static final int BEATS_A_LEASE = 4;
    private static final int MOST_ENDED_AT_ONCE = 64;
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
    private long lastVersion = -1;
    private long lastCount = -1;
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

    void start() {
        thread.start();
    }

    /** Returns when the thread has ended. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
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
            LockSupport.parkNanos(this, period());
            if (!stopped) {
                tick();
            }
        }
    }

    private long period() {
        long period = TICK;
        for (FileSession session : space.own()) {
            if (session.hasLease()) {
                period = Math.min(period, session.timeout().toNanos() / BEATS_A_LEASE);
            }
        }
        return period;
    }

    private void tick() {
        try {
            beat();
            boolean changed = hasChanged();
            if (files.words().takeTurn(StoreFiles.PROBED, TURN)) {
                reap();
                trim();
            } else if (changed && !space.own().isEmpty()) {
                loseEnded(ownNumbers(), rows());
            }
            if (changed) {
                watches.verify(FileSpace.PATIENCE).forEach(Runnable::run);
            }
            if (++ticks % TICKS_OF_REST == 0) {
                checkFiles();
                watches.rest(FileSpace.PATIENCE);
            }
            sweep(SWEEPING);
            lastFailure = null;
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** Sends the heartbeats of all sessions that have a lease, in one transaction. */
    private void beat() {
        List<FileSession> leased = new ArrayList<>();
        for (FileSession session : space.own()) {
            if (session.hasLease()) {
                leased.add(session);
            }
        }
        long sent = System.nanoTime();
        if (leased.isEmpty() || sent - lastBeat < period() / 2) {
            return;
        }
        // Those whose time is over find out by being asked.
        leased.forEach(FileSession::state);
        try {
            List<FileSession> lost = new ArrayList<>();
            database.write("send heartbeats", FileSpace.PATIENCE, () -> {
                for (FileSession session : leased) {
                    if (!session.state().isFinal() && !sessions.beat(session.number(), sent)) {
                        lost.add(session);
                    }
                }
                return lost;
            });
            lastBeat = sent;
            lost.forEach(FileSession::lose);
            leased.forEach(session -> session.confirm(sent));
        } catch (MusterException e) {
            leased.forEach(session -> session.failed(e));
        }
    }

    /**
     * Whether another process has committed since the last time. To ask SQLite is most of what a tick costs, so the count
     * that who commits leaves in shared memory is trusted for some ticks: one killed between the two leaves none.
     */
    private boolean hasChanged() {
        if (!watches.isAny() && space.own().isEmpty()) {
            return false;
        }
        long count = files.words().get(StoreFiles.COMMITS);
        if (count == lastCount && ticks % TICKS_OF_TRUST != 0) {
            return false;
        }
        lastCount = count;
        long version = database.read(
                "look at the store", FileSpace.PATIENCE, () -> Rows.number(database.sql(Sql.DATA_VERSION), 0));
        boolean changed = version != lastVersion;
        lastVersion = version;
        return changed;
    }

    private List<Row> rows() {
        return database.read("read the sessions", FileSpace.PATIENCE, sessions::rows);
    }

    /** To be called before the rows are read: a session that is opened in between is in the rows, and not in here. */
    private Set<Long> ownNumbers() {
        Set<Long> numbers = new HashSet<>();
        space.own().forEach(session -> numbers.add(session.number()));
        return numbers;
    }

    private void loseEnded(Set<Long> own, List<Row> rows) {
        rows.forEach(row -> own.remove(row.number()));
        own.forEach(space::lose);
    }

    /** Ends the sessions of dead processes, and those whose lease has run out. */
    void reap() {
        Set<Long> own = ownNumbers();
        own.add(watches.self());
        List<Row> rows = rows();
        List<Row> dead = new ArrayList<>();
        List<SessionLocks.Claim> proofs = new ArrayList<>();
        try {
            for (Row row : rows) {
                SessionLocks.Claim proof = own.contains(row.number()) ? null : sessions.proofOfDeath(row.number());
                if (proof != null) {
                    proofs.add(proof);
                }
                if (proof != null || row.isOverdue()) {
                    dead.add(row);
                }
                if (dead.size() == MOST_ENDED_AT_ONCE) {
                    break;
                }
            }
            if (!dead.isEmpty()) {
                space.announce(database.write("end sessions", FileSpace.PATIENCE, () -> endAll(dead)));
            }
        } finally {
            proofs.forEach(SessionLocks.Claim::close);
        }
        own.remove(watches.self());
        own.remove(0L);
        loseEnded(own, rows);
    }

    private boolean endAll(List<Row> dead) throws SQLException {
        boolean audible = false;
        for (Row row : dead) {
            audible |= sessions.end(row.number(), row.beat()).audible();
        }
        return audible;
    }

    private void trim() {
        if (database.read("look at the change log", FileSpace.PATIENCE, log::isLong)) {
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
                    + " was removed or replaced while it was" + " in use: open it again in every process"));
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
