package dev.muster.store.memory;

import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionLostException;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A session that lasts until it is closed or expired by hand. */
final class MemorySession implements Session {

    private final String id;
    private final SessionLifecycle lifecycle;
    private final Function<MemorySession, Runnable> onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Commits under way; negative from the session's end on, when none may start. */
    private final AtomicInteger underway = new AtomicInteger();

    /** @param onEnd removes the entries, and answers what tells the watches of it */
    MemorySession(String id, Executor executor, Function<MemorySession, Runnable> onEnd) {
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
        Runnable tell = onEnd.apply(this);
        ended.complete(null);
        tell.run();
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
        return ended.copy();
    }

    @Override
    public void close() {
        end(State.CLOSED);
        // Another thread may be in the middle of ending it: a moment.
        ended.join();
    }

    @Override
    public String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
