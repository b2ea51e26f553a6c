package dev.muster.store.testkit.wire;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A session with a lease, that the server counts from each heartbeat's arrival and its owner from its departure. */
final class WireSession implements Session {

    private final String id = Nonce.next().toString();
    private final WireStore store;
    private final Scheduler scheduler;
    private final Duration timeout;
    private final SessionLifecycle lifecycle;
    private final AtomicLong heartbeats = new AtomicLong();
    private volatile long confirmed;

    WireSession(WireStore store, Duration timeout) {
        this.store = store;
        this.scheduler = store.scheduler();
        this.timeout = timeout;
        this.lifecycle = new SessionLifecycle(id, scheduler.executor());
    }

    CompletableFuture<Session> begin() {
        confirmed = scheduler.nanoTime();
        return store.ask((server, from) -> {
                    server.begin(from, id, timeout);
                    return true;
                })
                .thenApply(begun -> {
                    next();
                    return this;
                });
    }

    private void next() {
        if (!state().isFinal()) {
            scheduler.after(timeout.dividedBy(5), this::heartbeat);
        }
    }

    void heartbeat() {
        long sent = scheduler.nanoTime();
        store.ask((server, from) -> server.heartbeat(from, id, timeout)).whenComplete((alive, failure) -> {
            if (failure != null) {
                suspend();
            } else if ((Boolean) alive) {
                confirmed = Math.max(confirmed, sent);
                heartbeats.incrementAndGet();
                lifecycle.move(State.CONNECTED);
            } else {
                lifecycle.move(State.LOST);
            }
            next();
        });
    }

    void suspend() {
        lifecycle.move(State.SUSPENDED);
    }

    void lose() {
        lifecycle.move(State.LOST);
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
        boolean inTime = scheduler.nanoTime() - confirmed < timeout.toNanos();
        return !state().isFinal() && (inTime || store.fault() == WireFault.BELIEVES_IN_ITSELF_UNTIL_IT_IS_TOLD);
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
        lifecycle.move(State.CLOSED);
        return store.ask((server, from) -> {
                    server.end(id);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public void close() {
        try {
            Await.read(closeAsync(), Duration.ofSeconds(5), "close a session");
        } catch (MusterException | WireLine.Lost e) {
            // Its time-out ends it.
        }
    }
}
