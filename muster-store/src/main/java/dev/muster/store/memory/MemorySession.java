package dev.muster.store.memory;

import dev.muster.store.Cancellable;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A session that lasts until it is closed or expired by hand. */
final class MemorySession implements Session {

    private final String id;
    private final SessionLifecycle lifecycle;
    private final Consumer<MemorySession> onEnd;

    /** Commits under way; negative from the session's end on, when none may start. */
    private final AtomicInteger underway = new AtomicInteger();

    MemorySession(String id, Executor executor, Consumer<MemorySession> onEnd) {
        this.id = id;
        this.lifecycle = new SessionLifecycle(id, executor);
        this.onEnd = onEnd;
    }

    /** Lets a commit start, unless the session has ended. Each that started must {@link #exit}. */
    boolean enter() {
        int count;
        do {
            count = underway.get();
            if (count < 0) {
                return false;
            }
        } while (!underway.compareAndSet(count, count + 1));
        return true;
    }

    void exit() {
        underway.decrementAndGet();
    }

    /** Ends the session once: no commit starts any more, those under way finish, then its entries go. */
    void end(State as) {
        if (!lifecycle.move(as)) {
            return;
        }
        underway.addAndGet(Integer.MIN_VALUE);
        while (underway.get() != Integer.MIN_VALUE) {
            Thread.onSpinWait();
        }
        onEnd.accept(this);
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
        return !lifecycle.state().isFinal();
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
        end(State.CLOSED);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        end(State.CLOSED);
    }

    @Override
    public String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
