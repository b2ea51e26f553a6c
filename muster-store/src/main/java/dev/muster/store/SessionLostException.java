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

    /** What a commit fails with that names a session which has ended, or which this store never opened. */
    public static SessionLostException of(Commit commit) {
        return new SessionLostException("Session " + commit.sessionId()
                + " has ended or is none of this store's: the commit on " + commit.directory()
                + " was not applied. Open a new session.");
    }
}
