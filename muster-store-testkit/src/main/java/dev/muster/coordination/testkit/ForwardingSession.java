package dev.muster.coordination.testkit;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes everything on to a session of the engine under test: for tests that falsify some of it. */
public abstract class ForwardingSession implements Session {

    private final Session session;

    protected ForwardingSession(Session session) {
        this.session = session;
    }

    @Override
    public String id() {
        return session.id();
    }

    @Override
    public State state() {
        return session.state();
    }

    @Override
    public Duration timeout() {
        return session.timeout();
    }

    @Override
    public boolean mayOwn() {
        return session.mayOwn();
    }

    @Override
    public long heartbeats() {
        return session.heartbeats();
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return session.listen(listener);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return session.closeAsync();
    }

    /** As the contract has it: waits at most 10 s, and never throws. */
    @Override
    public void close() {
        try {
            Await.read(closeAsync(), Duration.ofSeconds(10), "close a session");
        } catch (MusterException unconfirmed) {
            // Its time-out ends it.
        }
    }
}
