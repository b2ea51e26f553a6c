package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The root of every error that Muster throws. The message says what was tried, on what, and what to do about it. */
public abstract class MusterException extends RuntimeException {

    /** Whether trying again can help, and with what. */
    public enum Retry {
        /** The same call will fail again until its arguments or the store's state differ. */
        NEVER,
        /** The cause may pass: the same call may be tried again with the same session. */
        SAME_SESSION,
        /** The session has ended: open another, and take again what the old one owned. */
        NEW_SESSION
    }

    private final Retry retry;

    protected MusterException(String message, Retry retry) {
        this(message, retry, null);
    }

    protected MusterException(String message, Retry retry, @Nullable Throwable cause) {
        super(message, cause);
        this.retry = retry;
    }

    public final Retry retry() {
        return retry;
    }
}
