package dev.muster.coordination.election;

import dev.muster.store.MusterException;

/** The call needs a leadership that is valid, and this one is not, or no longer. */
public final class NotLeader extends MusterException {
    public NotLeader(String message) {
        super(message, Retry.SAME_SESSION);
    }
}
