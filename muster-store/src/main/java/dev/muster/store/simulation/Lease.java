package dev.muster.store.simulation;

import java.time.Duration;

/** A session, as the server knows it. */
final class Lease {

    final String id;
    final Duration timeout;

    /** Virtual time at which it ends unless a heartbeat arrives before. */
    long endsAt;

    /** Its heartbeats are no longer heard. */
    boolean starved;

    Lease(String id, Duration timeout) {
        this.id = id;
        this.timeout = timeout;
    }

    void renew(long now) {
        endsAt = now + timeout.toNanos();
    }
}
