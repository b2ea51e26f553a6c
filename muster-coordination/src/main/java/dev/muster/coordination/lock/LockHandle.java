package dev.muster.coordination.lock;

import dev.muster.coordination.ownership.Ownership;

/** A lock that is held. Closing it releases the lock. */
public interface LockHandle extends Ownership {

    String lockName();

    LockMode mode();
}
