package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** A put named an owner that is not the entry's: the owner of an entry never changes while it lives. */
public final class OwnerMismatch extends MusterException {

    public OwnerMismatch(String message) {
        this(message, null);
    }

    public OwnerMismatch(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
