package dev.muster.store.file;

import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A session that lasts as long as its process, or, with a lease, as long as that also sends heartbeats. With a lease it
 * is over for its owner when the lease has passed since just before the last confirmed heartbeat was sent; for others no
 * earlier, as the time that they go by is the one which that heartbeat told, on the clock that all processes share.
 */
final class FileSession implements Session {

    private final FileSpace space;
    private final String id;
    private final SessionTable.Opened opened;
    private final Duration lease;
    private final SessionLifecycle lifecycle;
    private final Consumer<FileSession> onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong heartbeats = new AtomicLong();
    private volatile long confirmed;

    /**
     * @param lease zero for none
     * @param opening {@link System#nanoTime} just before it was opened
     * @param onEnd told once when it is over
     */
    FileSession(
            FileSpace space,
            String id,
            SessionTable.Opened opened,
            Duration lease,
            long opening,
            Executor executor,
            Consumer<FileSession> onEnd) {
        this.space = space;
        this.id = id;
        this.opened = opened;
        this.lease = lease;
        this.confirmed = opening;
        this.lifecycle = new SessionLifecycle(id, executor);
        this.onEnd = onEnd;
    }

    long number() {
        return opened.number();
    }

    boolean hasLease() {
        return !lease.isZero();
    }

    /** Takes note of a heartbeat that the store has recorded. */
    void confirm(long sent) {
        confirmed = sent;
        heartbeats.incrementAndGet();
        if (!isOverdue()) {
            lifecycle.move(State.CONNECTED);
        }
    }

    /** Tells of a failure in the background. Where there is a lease, it runs out unless that passes. */
    void failed(MusterException failure) {
        if (hasLease()) {
            lifecycle.move(State.SUSPENDED);
        }
        lifecycle.failed(failure);
    }

    /** Its end is recorded, or its lease has run out. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            gone();
            ended.complete(null);
        }
    }

    private void gone() {
        space.forget(this);
        // From here on whoever looks finds that it is dead.
        opened.claim().close();
        onEnd.accept(this);
    }

    private boolean isOverdue() {
        return hasLease() && System.nanoTime() - confirmed >= lease.toNanos();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        if (isOverdue()) {
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
        return !state().isFinal();
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
            MusterException failure = null;
            try {
                space.end(this);
            } catch (MusterException e) {
                failure = e;
            }
            gone();
            if (failure == null) {
                ended.complete(null);
            } else {
                // Its lock is given up all the same: whoever looks next will end it.
                lifecycle.failed(failure);
                ended.completeExceptionally(failure);
            }
        }
        return ended.copy();
    }

    @Override
    public void close() {
        closeAsync().exceptionally(alreadyTold -> null).join();
    }

    @Override
    public String toString() {
        return "session " + id + " (" + lifecycle.state() + ")";
    }
}
