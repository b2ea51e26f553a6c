package dev.muster.store.testkit.planted;

import dev.muster.store.Cancellable;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/** A session of the planted store: ends when it is closed. */
final class PlantedSession implements Session {

    /** For others to see that the entries are gone. */
    private static final long TOO_LONG = 20_000_000;

    private final String id = Nonce.next().toString();
    private final PlantedSpace space;
    private final SessionLifecycle lifecycle;

    PlantedSession(PlantedSpace space, Executor executor) {
        this.space = space;
        this.lifecycle = new SessionLifecycle(id, executor);
        space.begin(id);
    }

    void end(State as) {
        if (space.fault() == Fault.BELIEVES_IN_ITSELF_TOO_LONG) {
            space.end(id);
            LockSupport.parkNanos(TOO_LONG);
        }
        // Under one monitor, so that a second close waits for the first.
        synchronized (this) {
            lifecycle.move(as);
            space.end(id);
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
        return Duration.ZERO;
    }

    @Override
    public boolean mayOwn() {
        return !state().isFinal();
    }

    @Override
    public long heartbeats() {
        return 0;
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return lifecycle.listen(listener);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        close();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        end(State.CLOSED);
    }
}
