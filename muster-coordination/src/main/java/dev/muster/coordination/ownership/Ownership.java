package dev.muster.coordination.ownership;

import dev.muster.store.Cancellable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Something that a session owns until it gives it up or loses it: a held lock, a leadership, a membership. Bound to no
 * thread. Thread-safe.
 */
public interface Ownership extends AutoCloseable {

    /** Greater than that of every earlier owner of the same thing. */
    FencingToken token();

    /**
     * Whether it is still owned, as far as this process can tell: false once given up, found lost, or past the local
     * deadline of the session. No I/O. A true answer may be old when it is used: what must not be done twice needs
     * {@link #token()} too.
     */
    boolean isValid();

    /**
     * Calls the listener once when the ownership is lost, not when it is given up; at once where it is lost already. On
     * the store's executor.
     */
    Cancellable onLost(Consumer<Loss> listener);

    /** Gives it up. The future answers when the store has confirmed; until then it is tried again in the background. */
    CompletableFuture<Release> releaseAsync();

    /**
     * Gives it up and waits for the store to confirm, at most the coordinator's operation time-out.
     *
     * @throws dev.muster.store.TimeoutException where it was not confirmed in time: it goes on in the background
     */
    Release release();

    /** As {@link #release()}, but never throws: what is not confirmed in time goes on in the background. */
    @Override
    void close();

    /**
     * Runs the action if this is valid now.
     *
     * @return true where the action ran and this was still valid when it ended: it ran wholly while owned. False where it
     *     did not run, or the ownership ended meanwhile, so that its effects need the fencing token to be safe.
     */
    default boolean ifValid(Runnable action) {
        if (!isValid()) {
            return false;
        }
        action.run();
        return isValid();
    }
}
