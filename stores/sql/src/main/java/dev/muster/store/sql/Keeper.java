package dev.muster.store.sql;

import dev.muster.store.MusterException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with a connection of its own, on which nothing ever waits for a lock: it sends the heartbeats, hears what
 * is told of changes, and looks at the store now and then, so that nothing that was not told is missed for long.
 */
final class Keeper implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** The longest it listens at a stretch: a session may be opened meanwhile, or the store closed. */
    private static final long STRETCH = Duration.ofMillis(120).toNanos();

    private static final long LOOK_WATCHING = Duration.ofSeconds(1).toNanos();
    private static final long LOOK_IDLE = Duration.ofSeconds(5).toNanos();
    private static final long SWEEP = Duration.ofMinutes(5).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int FIRST_PAUSE = 50;
    private static final int LONGEST_PAUSE = 1000;

    private final SqlStore store;
    private final Connector connector;
    private final Watches watches;
    private final Reaper reaper;
    private final Lanes lanes;
    private volatile @Nullable Link link;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean closed;
    private int pause = FIRST_PAUSE;
    private volatile long lookDue = System.nanoTime();
    private long renewDue = System.nanoTime();
    private long sweepDue = System.nanoTime() + ThreadLocalRandom.current().nextLong(SWEEP);

    /** @param opened the connection that the store was opened on, listening */
    Keeper(SqlStore store, Connector connector, Watches watches, Reaper reaper, Lanes lanes, Link opened) {
        this.store = store;
        this.connector = connector;
        this.watches = watches;
        this.reaper = reaper;
        this.lanes = lanes;
        this.link = opened;
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                step(connected());
                pause = FIRST_PAUSE;
            } catch (SQLException e) {
                failed(
                        connector.failure(e, "keep the store's sessions and watches up"),
                        connector.dialect().isWiped(e));
            } catch (MusterException e) {
                failed(e, false);
            } catch (RuntimeException e) {
                LOG.warn("the connection that listens is given up", e);
                disconnect();
                rest();
            }
        }
        disconnect();
    }

    private Link connected() throws SQLException {
        Link current = link;
        if (current == null) {
            current = connector.connect();
            link = current;
            current.patience(PATIENCE);
            current.listen();
            store.sessions().forEach(SqlSession::hurry);
            lookDue = System.nanoTime();
            renewDue = lookDue;
        }
        return current;
    }

    private void step(Link on) throws SQLException {
        long now = System.nanoTime();
        if (now - lookDue >= 0) {
            look(on);
        }
        long next = lookDue;
        Collection<SqlSession> sessions = store.sessions();
        for (SqlSession session : sessions) {
            if (session.beatDue() - now <= 0) {
                beat(on, sessions);
                break;
            }
        }
        for (SqlSession session : sessions) {
            next = Math.min(next, session.beatDue());
        }
        long wait = Math.min(next - System.nanoTime(), STRETCH);
        if (wait > 0) {
            on.await(Duration.ofNanos(wait)).forEach(watches::changed);
        }
        lanes.dropLate();
    }

    /** One statement for all sessions, whosever turn it is. */
    private void beat(Link on, Collection<SqlSession> sessions) throws SQLException {
        long sent = System.nanoTime();
        Map<UUID, Link.Beat> beats = new HashMap<>();
        Duration patience = PATIENCE;
        for (SqlSession session : sessions) {
            beats.put(session.uuid(), session.beat(sent));
            patience = session.patience().compareTo(patience) < 0 ? session.patience() : patience;
        }
        on.patience(patience);
        Set<UUID> alive = on.beat(beats);
        on.patience(PATIENCE);
        for (SqlSession session : sessions) {
            Link.Beat beat = beats.get(session.uuid());
            if (beat == null) {
                continue;
            }
            if (alive.contains(session.uuid())) {
                session.recorded(beat.next(), sent);
            } else {
                session.lose();
            }
        }
    }

    private void look(Link on) throws SQLException {
        long now = System.nanoTime();
        List<Long> watched = watches.numbers();
        if (now - renewDue >= 0) {
            if (!watched.isEmpty()) {
                on.renew(watched);
            }
            renewDue = now + Link.RENEWAL.toNanos();
        }
        Look look = on.look(watched);
        store.identify(look.identity());
        watches.compare(watched, look.revisions());
        Duration nextEnd = look.nextEnd();
        if (look.unfinished() || (nextEnd != null && nextEnd.isZero())) {
            reaper.reapSoon();
        }
        long until = watches.isAny() ? LOOK_WATCHING : LOOK_IDLE;
        if (nextEnd != null) {
            long soon = nextEnd.plusMillis(30).toNanos();
            until = Math.min(until, Math.max(soon, TimeUnit.MILLISECONDS.toNanos(100)));
        }
        lookDue = now + until;
        watches.rest();
        if (now - sweepDue >= 0) {
            reaper.sweepSoon();
            sweepDue = now + SWEEP;
        }
    }

    /** Has it look at once, as watching has begun. */
    void hurry() {
        lookDue = Math.min(lookDue, System.nanoTime() + LOOK_WATCHING);
    }

    private void failed(MusterException failure, boolean wiped) {
        disconnect();
        if (closed) {
            return;
        }
        // The other connections went to the same place.
        connector.newEra();
        store.sessions().forEach(session -> session.suspend(failure));
        LOG.debug("the connection that listens failed; connecting anew", failure);
        if (wiped) {
            try {
                connector.dialect().prepare();
            } catch (SQLException | MusterException e) {
                LOG.warn("the store's tables are gone and could not be made anew: {}", e.getMessage());
            }
        }
        lanes.dropLate();
        rest();
    }

    /** Lets a moment pass, longer each time; shorter if the store is closed. */
    private void rest() {
        try {
            if (!closing.await(pause / 2 + ThreadLocalRandom.current().nextInt(pause), TimeUnit.MILLISECONDS)) {
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("woken early", e);
        }
    }

    private void disconnect() {
        Link old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    /** Ends it; the thread is gone a moment later. */
    void close() {
        closed = true;
        closing.countDown();
    }
}
