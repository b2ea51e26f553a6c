package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** An argument breaks a rule or a limit: names the argument, the limit and the value's size, never its content. */
public final class InvalidArgument extends MusterException {

    public InvalidArgument(String message) {
        this(message, null);
    }

    public InvalidArgument(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
