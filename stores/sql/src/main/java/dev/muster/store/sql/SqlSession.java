package dev.muster.store.sql;

import dev.muster.store.Scheduler;
import dev.muster.store.spi.LeasedSession;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A session with a row in the database, which records its heartbeats by the database's clock. */
final class SqlSession extends LeasedSession {

    private static final Duration LEAST_MARGIN = Duration.ofMillis(50);
    private static final int MARGIN_PART = 20;

    /** Ends a session in the database and removes what it owns; tries until its time-out must have ended it. */
    interface Registrar {
        CompletableFuture<Void> end(SqlSession session);
    }

    private final UUID uuid;
    private final Registrar registrar;

    /** Touched by the keeper's thread alone. */
    private long nextBeat = 1;

    private long lastBeat;
    private long lastTried;

    /** @param opening just before it was opened, on the scheduler's clock */
    SqlSession(UUID uuid, Duration lease, long opening, Scheduler scheduler, Registrar registrar) {
        super(SessionIds.text(uuid), scheduler, lease, margin(lease), opening);
        this.uuid = uuid;
        this.registrar = registrar;
        this.lastTried = opening;
    }

    private static Duration margin(Duration lease) {
        Duration part = lease.dividedBy(MARGIN_PART);
        return part.compareTo(LEAST_MARGIN) > 0 ? part : LEAST_MARGIN;
    }

    UUID uuid() {
        return uuid;
    }

    /** When its next heartbeat is to be sent, on the scheduler's clock. */
    long beatDue() {
        return lastTried + timeout().toNanos() / 4;
    }

    /** After an outage: the next heartbeat is due at once. */
    void hurry() {
        lastTried -= timeout().toNanos();
    }

    /** For how long a heartbeat may be waited for. */
    Duration patience() {
        return timeout().dividedBy(3);
    }

    Link.Beat beat(long now) {
        lastTried = now;
        return new Link.Beat(nextBeat++, lastBeat);
    }

    /** Takes note of a heartbeat that the database has recorded. */
    void recorded(long number, long sent) {
        lastBeat = number;
        renewed(sent);
    }

    @Override
    protected CompletableFuture<Void> conclude(State as) {
        return registrar.end(this);
    }
}
