package dev.muster.store.ipc;

import dev.muster.host.SessionLocks;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionLostException;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;

/** A session that lasts until it is closed, or until the operating system drops the lock of its process. */
final class IpcSession implements Session {

    private final SharedSpace space;
    private final long owner;
    private final String id;
    private final SessionLocks.Claim claim;
    private final SessionLifecycle lifecycle;
    private final Consumer<IpcSession> onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** 1 for each shard that the session table knows this session may own entries in. */
    private final AtomicIntegerArray touched = new AtomicIntegerArray(Control.SHARDS);

    /** Commits under way; negative from the session's end on, when none may start. */
    private final AtomicInteger underway = new AtomicInteger();

    IpcSession(
            SharedSpace space,
            long owner,
            String id,
            SessionLocks.Claim claim,
            Executor executor,
            Consumer<IpcSession> onEnd) {
        this.space = space;
        this.owner = owner;
        this.id = id;
        this.claim = claim;
        this.lifecycle = new SessionLifecycle(id, executor);
        this.onEnd = onEnd;
    }

    long owner() {
        return owner;
    }

    /**
     * Lets a commit start. Each that started must {@link #finish}.
     *
     * @throws SessionLostException where the session has ended
     */
    void start(Commit commit) {
        int count;
        do {
            count = underway.get();
            if (count < 0) {
                throw new SessionLostException("Session " + id + " has ended: the commit on " + commit.directory()
                        + " was not applied. Open a new session.");
            }
        } while (!underway.compareAndSet(count, count + 1));
    }

    void finish() {
        underway.decrementAndGet();
    }

    /** Before a commit is published: checks that nobody has ended the session, and notes where it may own something. */
    void enter(int shard) {
        if (!isAlive()) {
            throw new SessionLostException("Session " + id + " was ended by another process, though this one lives: was"
                    + " the lock file of the store opened by other code, or its folder removed? Open a new session.");
        }
        if (touched.get(shard) == 0) {
            space.sessions().touch(owner, shard);
            touched.set(shard, 1);
        }
    }

    /** Whether its end is not recorded. */
    boolean isAlive() {
        return space.sessions().isAlive(owner);
    }

    /** Ends it once: no commit starts any more, those under way finish, then its end is recorded and its entries go. */
    void end(State as) {
        if (!lifecycle.move(as)) {
            return;
        }
        underway.addAndGet(Integer.MIN_VALUE);
        while (underway.get() != Integer.MIN_VALUE) {
            Thread.onSpinWait();
        }
        Runnable tell = () -> {};
        try {
            tell = space.end(this);
        } catch (MusterException e) {
            lifecycle.failed(e);
        } finally {
            gone();
        }
        tell.run();
    }

    /** Told of it by the session table: nothing is left to do for this process. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            gone();
        }
    }

    private void gone() {
        space.forget(this);
        claim.close();
        onEnd.accept(this);
        ended.complete(null);
    }

    void failed(MusterException failure) {
        lifecycle.failed(failure);
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
        // Its end is read from the memory where others read it: there is no time in which they know and it does not.
        return !lifecycle.state().isFinal() && isAlive();
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
