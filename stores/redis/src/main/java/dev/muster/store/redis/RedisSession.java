package dev.muster.store.redis;

import dev.muster.store.spi.LeasedSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session with a deadline at the server, by the server's clock, that heartbeats move. Its owner stops believing before
 * the server can have let another in, as long as the server's clock is not set forward by more than the margin.
 */
final class RedisSession extends LeasedSession {

    /** Beyond the clock's rate: a server rounds its deadlines down to a millisecond. */
    private static final Duration LEAST_MARGIN = Duration.ofMillis(10);

    private static final int MARGIN_PARTS = 50;
    private static final int BEATS = 4;

    private final Keeper keeper;
    private final byte[] field;
    private final AtomicLong committed = new AtomicLong();
    private volatile long asked;

    /** @param sent just before the server was asked for it */
    RedisSession(RedisClient client, String id, Duration timeout, long sent) {
        super(id, client.scheduler(), timeout, margin(timeout), sent);
        this.keeper = client.keeper();
        this.field = Resp.bytes("s" + id);
        this.asked = sent;
    }

    /** The field of the store's hash that is there while it has not ended. */
    byte[] field() {
        return field;
    }

    private static Duration margin(Duration timeout) {
        Duration share = timeout.dividedBy(MARGIN_PARTS);
        return share.compareTo(LEAST_MARGIN) > 0 ? share : LEAST_MARGIN;
    }

    /** Whether a heartbeat shall be sent now; if so, it is taken as sent. */
    boolean isDue(long now) {
        if (state().isFinal() || now - asked < timeout().toNanos() / (BEATS + 1)) {
            return false;
        }
        asked = now;
        return true;
    }

    Duration beat() {
        return timeout().dividedBy(BEATS);
    }

    /** A commit that names it was applied, and acknowledged. */
    void committed(long revision) {
        committed.accumulateAndGet(revision, Math::max);
    }

    /** The revision of the last acknowledged commit that names it: a server that has not got it has lost some of them. */
    long committed() {
        return committed.get();
    }

    @Override
    protected CompletableFuture<Void> conclude(State as) {
        return keeper.end(this);
    }
}
