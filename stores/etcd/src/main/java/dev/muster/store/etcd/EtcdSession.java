package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Scheduler;
import dev.muster.store.spi.LeasedSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A session is a lease, and a key that hangs on it. Which renewals count is the matter of {@link Heart}. */
final class EtcdSession extends LeasedSession {

    /** For clocks that run unevenly, here and there. */
    static final Duration MARGIN = Duration.ofSeconds(1);

    /** Ends the lease at the store: entries and session key go in one revision. */
    interface Revocation {
        CompletableFuture<Void> revoke(EtcdSession session);
    }

    private final long lease;
    private final ByteString key;
    private final Revocation revocation;

    /** @param grantedFrom just before the lease was asked for, by the scheduler's clock */
    EtcdSession(
            String id,
            long lease,
            ByteString key,
            Duration timeout,
            long grantedFrom,
            Scheduler scheduler,
            Revocation revocation) {
        super(id, scheduler, timeout, MARGIN, grantedFrom);
        this.lease = lease;
        this.key = key;
        this.revocation = revocation;
    }

    long lease() {
        return lease;
    }

    ByteString key() {
        return key;
    }

    @Override
    protected CompletableFuture<Void> conclude(State as) {
        return revocation.revoke(this);
    }
}
