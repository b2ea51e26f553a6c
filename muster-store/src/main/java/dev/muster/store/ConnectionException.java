package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be reached, or the connection went away before the operation was sent: nothing was applied. */
public final class ConnectionException extends MusterException {

    public ConnectionException(String message) {
        this(message, null);
    }

    public ConnectionException(String message, @Nullable Throwable cause) {
        super(message, Retry.SAME_SESSION, cause);
    }
}
