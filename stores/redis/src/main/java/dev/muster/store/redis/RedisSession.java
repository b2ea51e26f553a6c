package dev.muster.store.redis;

import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionLostException;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A session with a deadline at the server, by the server's clock, that heartbeats move. Its owner stops believing when the
 * time-out has passed since just before the last confirmed heartbeat was sent, less a margin: that is never after the
 * server can have let another in, as long as the server's clock is not set forward by more than the margin.
 */
final class RedisSession implements Session {

    /** Beyond the clock's rate: a server rounds its deadlines down to a millisecond. */
    private static final Duration LEAST_MARGIN = Duration.ofMillis(10);

    private static final int MARGIN_PARTS = 50;
    private static final int BEATS = 4;
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration CLOSE_RETRY = Duration.ofMillis(100);

    private final RedisClient client;
    private final String id = Nonce.next().toString();
    private final Duration timeout;
    private final long lasts;
    private final SessionLifecycle lifecycle;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong heartbeats = new AtomicLong();
    private final AtomicLong committed = new AtomicLong();

    /** By the local clock, just before the last confirmed heartbeat was sent. */
    private volatile long confirmed;

    private volatile long asked;

    RedisSession(RedisClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
        Duration share = timeout.dividedBy(MARGIN_PARTS);
        this.lasts = timeout.minus(share.compareTo(LEAST_MARGIN) > 0 ? share : LEAST_MARGIN)
                .toNanos();
        this.lifecycle = new SessionLifecycle(id, client.scheduler().executor());
    }

    /** The server has made it; the request was sent then. */
    void opened(long sent) {
        confirmed = sent;
        asked = sent;
    }

    /** Whether a heartbeat shall be sent now; if so, it is taken as sent. */
    boolean isDue(long now) {
        if (lifecycle.state().isFinal() || now - asked < timeout.toNanos() / (BEATS + 1)) {
            return false;
        }
        asked = now;
        return true;
    }

    Duration beat() {
        return timeout.dividedBy(BEATS);
    }

    void confirm(long sent) {
        if (isOver()) {
            return;
        }
        if (sent - confirmed > 0) {
            confirmed = sent;
        }
        heartbeats.incrementAndGet();
        if (!isSilent()) {
            lifecycle.move(State.CONNECTED);
        }
    }

    /**
     * Looks at the clock. Answers when to look again at the latest: it is told that it is LOST when it is.
     *
     * @param trouble why there is no connection, null where there is one
     */
    Duration check(@Nullable MusterException trouble) {
        if (isOver()) {
            return beat();
        }
        if (trouble != null || isSilent()) {
            lifecycle.move(State.SUSPENDED);
            lifecycle.failed(
                    trouble != null
                            ? trouble
                            : new ConnectionException(
                                    client.options().place() + " has not answered a heartbeat in time"));
        }
        Duration left = Duration.ofNanos(confirmed + lasts - System.nanoTime() + 1);
        return left.compareTo(beat()) < 0 ? left : beat();
    }

    /** Half of its time has passed unheard. */
    private boolean isSilent() {
        return System.nanoTime() - confirmed > timeout.toNanos() / 2;
    }

    /** A commit that names it was applied, and acknowledged. */
    void committed(long revision) {
        long before = committed.get();
        while (revision > before && !committed.compareAndSet(before, revision)) {
            before = committed.get();
        }
    }

    /** The revision of the last acknowledged commit that names it: a server that has not got it has lost some of them. */
    long committed() {
        return committed.get();
    }

    /** Whether it has ended, as far as is known here, or must be taken for ended. */
    boolean isOver() {
        if (lifecycle.state().isFinal()) {
            return true;
        }
        if (System.nanoTime() - confirmed >= lasts) {
            lose();
            return true;
        }
        return false;
    }

    /** It has ended without its owner's doing. The server is told, in case it was not the one to end it. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            client.keeper().remove(this);
            client.keeper().end(this, client.deadline());
            ended.complete(null);
        }
    }

    SessionLostException lost(Commit commit) {
        return new SessionLostException("Session " + id + " has ended: the commit on " + commit.directory()
                + " was not applied. Open a new session.");
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        isOver();
        return lifecycle.state();
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public boolean mayOwn() {
        return !isOver();
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
            client.keeper().remove(this);
            endUntil(System.nanoTime() + timeout.toNanos());
        }
        return ended.copy();
    }

    /** Repeats itself until the server confirms, or must have ended it on its own. */
    private void endUntil(long deadline) {
        client.keeper().end(this, deadline).whenComplete((done, failure) -> {
            if (failure == null) {
                ended.complete(null);
            } else if (System.nanoTime() - deadline < 0 && !client.isClosed()) {
                client.scheduler().after(CLOSE_RETRY, () -> endUntil(deadline));
            } else {
                ended.completeExceptionally(new ConnectionException(
                        client.options().place() + " did not confirm the end of session " + id
                                + " within its time-out, which ends it",
                        failure));
            }
        });
    }

    @Override
    public void close() {
        try {
            closeAsync().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Its time-out ends it.
            lifecycle.failed(new ConnectionException("The end of session " + id + " was not confirmed", e));
        }
    }

    @Override
    public String toString() {
        return "session " + id + " (" + lifecycle.state() + ")";
    }
}
