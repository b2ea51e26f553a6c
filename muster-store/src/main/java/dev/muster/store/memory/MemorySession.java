package dev.muster.store.memory;

import dev.muster.store.Scheduler;
import dev.muster.store.spi.AbstractSession;
import dev.muster.store.spi.CommitGate;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A session that lasts until it is closed or expired by hand. */
final class MemorySession extends AbstractSession {

    private final CommitGate gate = new CommitGate();
    private final Consumer<MemorySession> onEnd;

    /** @param onEnd removes the entries */
    MemorySession(String id, Scheduler scheduler, Consumer<MemorySession> onEnd) {
        super(id, scheduler);
        this.onEnd = onEnd;
    }

    CommitGate gate() {
        return gate;
    }

    @Override
    protected CompletableFuture<Void> conclude(State as) {
        gate.close();
        onEnd.accept(this);
        return CompletableFuture.completedFuture(null);
    }
}
