package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The deadline passed and the operation was never applied, nor will it be. */
public final class TimeoutException extends MusterException {

    public TimeoutException(String message) {
        this(message, null);
    }

    public TimeoutException(String message, @Nullable Throwable cause) {
        super(message, Retry.SAME_SESSION, cause);
    }
}
