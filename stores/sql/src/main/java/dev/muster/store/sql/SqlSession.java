package dev.muster.store.sql;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of a session. It is over here when its lease, less a margin, has passed since just before the last
 * confirmed heartbeat was sent; the server counts the whole lease from a later moment.
 */
final class SqlSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(SqlSession.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration LEAST_MARGIN = Duration.ofMillis(50);
    private static final int MARGIN_PART = 20;

    /** What ends sessions in the database. */
    interface Registrar {

        /** Forgets the session here. */
        void forget(SqlSession session);

        /** Records its end in the database and removes what it owns; tries until the deadline. */
        CompletableFuture<Void> end(SqlSession session, long deadline);
    }

    private final UUID uuid;
    private final String id;
    private final Duration lease;
    private final long trusted;
    private final Scheduler scheduler;
    private final Registrar registrar;
    private final SessionLifecycle lifecycle;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong heartbeats = new AtomicLong();
    private volatile long confirmed;

    /** Touched by the keeper's thread alone. */
    private long nextBeat = 1;

    private long lastBeat;
    private long lastTried;

    /** @param opening just before it was opened, on the scheduler's clock */
    SqlSession(UUID uuid, Duration lease, long opening, Scheduler scheduler, Registrar registrar) {
        this.uuid = uuid;
        this.id = SessionIds.text(uuid);
        this.lease = lease;
        Duration part = lease.dividedBy(MARGIN_PART);
        this.trusted = lease.minus(part.compareTo(LEAST_MARGIN) > 0 ? part : LEAST_MARGIN)
                .toNanos();
        this.scheduler = scheduler;
        this.registrar = registrar;
        this.lifecycle = new SessionLifecycle(id, scheduler.executor());
        this.confirmed = opening;
        this.lastTried = opening;
        guard();
    }

    UUID uuid() {
        return uuid;
    }

    /** When its next heartbeat is to be sent, on the scheduler's clock. */
    long beatDue() {
        return lastTried + lease.toNanos() / 4;
    }

    /** For how long a heartbeat may be waited for. */
    Duration patience() {
        return lease.dividedBy(3);
    }

    Link.Beat beat(long now) {
        lastTried = now;
        return new Link.Beat(nextBeat++, lastBeat);
    }

    /** Takes note of a heartbeat that the database has recorded. */
    void confirm(long number, long sent) {
        if (overdue()) {
            lose();
            return;
        }
        lastBeat = number;
        confirmed = sent;
        heartbeats.incrementAndGet();
        lifecycle.move(State.CONNECTED);
    }

    /** Heartbeats do not get through. */
    void suspend(MusterException failure) {
        lifecycle.move(State.SUSPENDED);
        lifecycle.failed(failure);
    }

    /** Watches over the deadline. */
    private void guard() {
        if (lifecycle.state().isFinal()) {
            return;
        }
        long silence = scheduler.nanoTime() - confirmed;
        if (silence >= trusted) {
            lose();
            return;
        }
        long suspicious = lease.toNanos() / 3 * 2;
        if (silence >= suspicious) {
            lifecycle.move(State.SUSPENDED);
        }
        scheduler.after(
                Duration.ofNanos(silence >= suspicious ? trusted - silence : suspicious - silence), this::guard);
    }

    private boolean overdue() {
        return scheduler.nanoTime() - confirmed >= trusted;
    }

    /** It is over, without its owner's doing. The database is told, in case it does not know. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            registrar.forget(this);
            ended.complete(null);
            registrar.end(this, scheduler.nanoTime() + lease.toNanos()).exceptionally(failure -> {
                LOG.debug("the end of session {} was not recorded: its lease ends it", id, failure);
                return null;
            });
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        if (overdue()) {
            lose();
        }
        return lifecycle.state();
    }

    @Override
    public Duration timeout() {
        return lease;
    }

    @Override
    public boolean mayOwn() {
        return !lifecycle.state().isFinal() && !overdue();
    }

    @Override
    public long heartbeats() {
        return heartbeats.get();
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return lifecycle.listen(listener);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (lifecycle.move(State.CLOSED)) {
            registrar.forget(this);
            registrar.end(this, scheduler.nanoTime() + lease.toNanos()).whenComplete((nothing, failure) -> {
                if (failure == null) {
                    ended.complete(null);
                } else {
                    ended.completeExceptionally(Await.cause(failure));
                }
            });
        }
        return ended.copy();
    }

    @Override
    public void close() {
        try {
            Await.read(closeAsync(), CLOSING, "close session " + id);
        } catch (MusterException e) {
            LOG.warn("session {} was not closed: its lease ends it. {}", id, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "session " + id + " (" + lifecycle.state() + ")";
    }
}
