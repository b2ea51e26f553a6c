package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The store answered that it cannot serve: full, read-only, corrupt, foreign, or written by a newer Muster. */
public final class StorageException extends MusterException {

    public StorageException(String message) {
        this(message, null);
    }

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
