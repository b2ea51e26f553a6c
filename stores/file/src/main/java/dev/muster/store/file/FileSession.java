package dev.muster.store.file;

import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.spi.LeasedSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A session that lasts as long as its process, or, with a lease, as long as that also sends heartbeats. There is no margin:
 * the time that others go by is the one which the last heartbeat told, on the clock that all processes share.
 */
final class FileSession extends LeasedSession {

    private final FileSpace space;
    private final SessionTable.Opened opened;
    private final Consumer<FileSession> onEnd;

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
            Scheduler scheduler,
            Consumer<FileSession> onEnd) {
        super(id, scheduler, lease, Duration.ZERO, opening);
        this.space = space;
        this.opened = opened;
        this.onEnd = onEnd;
    }

    long number() {
        return opened.number();
    }

    boolean hasLease() {
        return !timeout().isZero();
    }

    /** One that is LOST has its end recorded, or its lease has run out. */
    @Override
    protected CompletableFuture<Void> conclude(State as) {
        try {
            if (as == State.CLOSED) {
                space.end(this);
            }
            return CompletableFuture.completedFuture(null);
        } catch (MusterException e) {
            // Its lock is given up all the same: whoever looks next will end it.
            failed(e);
            return CompletableFuture.failedFuture(e);
        } finally {
            space.forget(this);
            // From here on whoever looks finds that it is dead.
            opened.claim().close();
            onEnd.accept(this);
        }
    }
}
