package dev.muster.store.spi;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions have in common: an identity, a state with its listeners, and one end. */
public abstract class AbstractSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(AbstractSession.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final String id;
    private final SessionLifecycle lifecycle;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    protected AbstractSession(String id, Scheduler scheduler) {
        this.id = id;
        this.lifecycle = new SessionLifecycle(id, scheduler.executor());
    }

    /**
     * Called once, when the session has become LOST or CLOSED: forgets it here, and sees to it that the store records its
     * end and removes what it owned. Must not block where that takes a server.
     *
     * @return completes when the store has confirmed; fails when it must have ended the session by itself meanwhile
     */
    protected abstract CompletableFuture<Void> conclude(State as);

    /** It has ended: what watches over it may stop. */
    void over() {}

    /** Moves to the state and tells the listeners, unless it is there already or in a final one. */
    protected final boolean move(State to) {
        return lifecycle.move(to);
    }

    /** Tells and logs a failure in the background, once for a row of the same kind. */
    public final void failed(MusterException failure) {
        lifecycle.failed(failure);
    }

    /** It has ended without its owner's doing. */
    public final void lose() {
        end(State.LOST);
    }

    private void end(State as) {
        if (!lifecycle.move(as)) {
            return;
        }
        over();
        conclude(as).whenComplete((done, failure) -> {
            if (failure == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(Await.cause(failure));
            }
        });
    }

    @Override
    public final String id() {
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
    public final Cancellable listen(SessionListener listener) {
        return lifecycle.listen(listener);
    }

    @Override
    public final CompletableFuture<Void> closeAsync() {
        end(State.CLOSED);
        return state() == State.LOST ? CompletableFuture.completedFuture(null) : ended.copy();
    }

    @Override
    public final void close() {
        try {
            Await.read(closeAsync(), CLOSING, "close session " + id);
        } catch (MusterException e) {
            LOG.warn("session {} was closed, but the store did not confirm it: {}", id, e.getMessage());
        }
    }

    @Override
    public final String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
