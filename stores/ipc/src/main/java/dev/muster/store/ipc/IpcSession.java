package dev.muster.store.ipc;

import dev.muster.host.SessionLocks;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.SessionLostException;
import dev.muster.store.spi.AbstractSession;
import dev.muster.store.spi.CommitGate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;

/** A session that lasts until it is closed, or until the operating system drops the lock of its process. */
final class IpcSession extends AbstractSession {

    private final SharedSpace space;
    private final long owner;
    private final SessionLocks.Claim claim;
    private final Consumer<IpcSession> onEnd;
    private final CommitGate gate = new CommitGate();

    /** 1 for each shard that the session table knows this session may own entries in. */
    private final AtomicIntegerArray touched = new AtomicIntegerArray(Control.SHARDS);

    IpcSession(
            SharedSpace space,
            long owner,
            String id,
            SessionLocks.Claim claim,
            Scheduler scheduler,
            Consumer<IpcSession> onEnd) {
        super(id, scheduler);
        this.space = space;
        this.owner = owner;
        this.claim = claim;
        this.onEnd = onEnd;
    }

    long owner() {
        return owner;
    }

    CommitGate gate() {
        return gate;
    }

    /** Before a commit is published: checks that nobody has ended the session, and notes where it may own something. */
    void enter(int shard) {
        if (!isAlive()) {
            throw new SessionLostException(
                    "Session " + id() + " was ended by another process, though this one lives: was"
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

    /** One that is LOST was ended by the session table: nothing is left to do for this process. */
    @Override
    protected CompletableFuture<Void> conclude(State as) {
        try {
            if (as == State.CLOSED) {
                gate.close();
                space.end(this).run();
            }
            return CompletableFuture.completedFuture(null);
        } catch (MusterException e) {
            failed(e);
            return CompletableFuture.failedFuture(e);
        } finally {
            space.forget(this);
            claim.close();
            onEnd.accept(this);
        }
    }

    /** Its end is read from the memory where others read it: there is no time in which they know and it does not. */
    @Override
    public boolean mayOwn() {
        return super.mayOwn() && isAlive();
    }
}
