package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The engine does not promise what the caller needs: names the engine, the trait and who asked for it. */
public final class NotSupported extends MusterException {

    public NotSupported(String message) {
        this(message, null);
    }

    public NotSupported(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
