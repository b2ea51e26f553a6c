package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The session has ended: nothing that names it is applied any more, and what it owned is gone. */
public final class SessionLostException extends MusterException {

    public SessionLostException(String message) {
        this(message, null);
    }

    public SessionLostException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEW_SESSION, cause);
    }
}
