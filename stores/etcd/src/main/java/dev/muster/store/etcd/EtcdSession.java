package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A session is a lease, and a key that hangs on it. It may own until its time-out, less {@link #MARGIN}, has passed since
 * the last renewal was sent that is known to count: see {@link Heart}.
 */
final class EtcdSession implements Session {

    /** Ends the lease at the store: entries and session key go in one revision. */
    interface Revocation {
        CompletableFuture<Void> revoke(EtcdSession session);
    }

    /** For clocks that run unevenly, here and there. */
    static final Duration MARGIN = Duration.ofSeconds(1);

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final String id;
    private final long lease;
    private final ByteString key;
    private final Duration timeout;
    private final Scheduler scheduler;
    private final SessionLifecycle lifecycle;
    private final Revocation onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long heardFrom;
    private volatile long heartbeats;
    private volatile Cancellable check = () -> {};

    /**
     * @param grantedFrom just before the lease was asked for, by the scheduler's clock
     * @param onEnd revokes the lease
     */
    EtcdSession(
            String id,
            long lease,
            ByteString key,
            Duration timeout,
            long grantedFrom,
            Scheduler scheduler,
            Revocation onEnd) {
        this.id = id;
        this.lease = lease;
        this.key = key;
        this.timeout = timeout;
        this.heardFrom = grantedFrom;
        this.scheduler = scheduler;
        this.lifecycle = new SessionLifecycle(id, scheduler.executor());
        this.onEnd = onEnd;
    }

    /** Watches over its own deadline from now on. */
    void begin() {
        guard();
    }

    long lease() {
        return lease;
    }

    ByteString key() {
        return key;
    }

    /** A renewal that was sent at this time counts. After its deadline it is too late: others may have taken over. */
    synchronized void heard(long sentAt) {
        if (!mayOwn()) {
            return;
        }
        heardFrom = Math.max(heardFrom, sentAt);
        heartbeats++;
        if (silence() < suspicion()) {
            lifecycle.move(State.CONNECTED);
        }
    }

    void failed(MusterException failure) {
        lifecycle.failed(failure);
    }

    private void guard() {
        if (state().isFinal()) {
            return;
        }
        if (!mayOwn()) {
            lose();
            return;
        }
        long wait = suspicion() - silence();
        if (wait <= 0) {
            lifecycle.move(State.SUSPENDED);
            wait = window() - silence();
        }
        check = scheduler.after(Duration.ofNanos(Math.max(wait, 0) + 1_000_000), this::guard);
    }

    private long window() {
        return timeout.minus(MARGIN).toNanos();
    }

    /** Three heartbeats missed: see {@link Heart}. */
    private long suspicion() {
        return timeout.toNanos() / 5 * 2;
    }

    private long silence() {
        return scheduler.nanoTime() - heardFrom;
    }

    /** Ends it here, and has the lease revoked in case the server has not noticed. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            check.cancel();
            onEnd.revoke(this);
            ended.complete(null);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        return lifecycle.state();
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public boolean mayOwn() {
        return !lifecycle.state().isFinal() && silence() < window();
    }

    @Override
    public long heartbeats() {
        return heartbeats;
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return lifecycle.listen(listener);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (lifecycle.move(State.CLOSED)) {
            check.cancel();
            onEnd.revoke(this).whenComplete((done, failure) -> {
                if (failure == null) {
                    ended.complete(null);
                } else {
                    ended.completeExceptionally(failure);
                }
            });
        }
        return ended.copy();
    }

    @Override
    public void close() {
        try {
            closeAsync().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException unconfirmed) {
            // Its time-out ends it.
            lifecycle.move(State.CLOSED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
