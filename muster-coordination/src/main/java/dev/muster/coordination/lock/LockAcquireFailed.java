package dev.muster.coordination.lock;

import dev.muster.store.MusterException;

/** A lock was not acquired in the time allowed, or the request for it was removed by somebody. */
public final class LockAcquireFailed extends MusterException {
    public LockAcquireFailed(String message) {
        super(message, Retry.SAME_SESSION);
    }
}
