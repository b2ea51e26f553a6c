package dev.muster.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The liveness of one process at a store. It owns entries; its end removes them. The library keeps it alive: nobody has
 * to call anything. Closing it ends it, idempotently.
 */
public interface Session extends AutoCloseable {

    /** What a session is in. LOST and CLOSED are final. */
    enum State {
        /** Heard from within its time. */
        CONNECTED,
        /** Not heard from; it may still own its entries. */
        SUSPENDED,
        /** Ended by the store or by its deadline: its entries are gone or will be, without its doing. */
        LOST,
        /** Ended by its owner. */
        CLOSED;

        public boolean isFinal() {
            return this == LOST || this == CLOSED;
        }
    }

    /** Unique over all sessions of all stores, for ever. */
    String id();

    State state();

    /** The negotiated time-out; {@link Duration#ZERO} where sessions end with their process alone. */
    Duration timeout();

    /**
     * Whether this session may still own its entries, by the local monotonic clock: turns false no later than the engine
     * can let another in, where the engine is LEASE_SAFE. No I/O.
     */
    boolean mayOwn();

    /** Heartbeats that the deciding server confirmed so far; stays 0 where sessions need none. */
    long heartbeats();

    /**
     * Calls the listener at each change of state, in order, on the store's executor, and once at once with the present
     * state where that is final. Failures in the background reach {@link SessionListener#onFailure}.
     */
    Cancellable listen(SessionListener listener);

    /** Ends the session; completes when the store has recorded the end and removed or hidden its entries. */
    CompletableFuture<Void> closeAsync();

    /** As {@link #closeAsync()}, waiting at most 10 s. Never throws: what the store did not confirm, its time-out ends. */
    @Override
    void close();
}
