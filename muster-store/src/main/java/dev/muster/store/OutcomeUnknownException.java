package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** The reply to a commit was lost: it may have been applied, or may yet be. {@link Store#settle} finds out. */
public final class OutcomeUnknownException extends MusterException {

    private final transient Commit commit;

    public OutcomeUnknownException(Commit commit, @Nullable Throwable cause) {
        super(
                "The outcome of a commit on directory " + commit.directory()
                        + " is unknown: its reply was lost. Settle the commit before trying again.",
                Retry.SAME_SESSION,
                cause);
        this.commit = commit;
    }

    public Commit commit() {
        return commit;
    }
}
