package dev.muster.coordination.lock;

import dev.muster.store.MusterException;

/** Something needs a lock that is held, and it is not, or no longer. */
public final class LockNotHeld extends MusterException {
    public LockNotHeld(String message) {
        super(message, Retry.SAME_SESSION);
    }
}
