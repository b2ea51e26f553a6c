package dev.muster.store.simulation;

import dev.muster.store.MusterException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the server says to a call.
 *
 * @param identity which store it is
 * @param value null where it failed
 */
record Answer<T>(long identity, @Nullable T value, @Nullable MusterException failure) {

    @SuppressWarnings("NullAway") // a value that is null completes a call that answers nothing
    void complete(CompletableFuture<T> future) {
        if (failure != null) {
            future.completeExceptionally(failure);
        } else {
            future.complete(value);
        }
    }
}
