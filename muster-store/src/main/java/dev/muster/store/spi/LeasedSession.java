package dev.muster.store.spi;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session that its server ends when it has not heard of it for the time-out. The client's side believes in it until the
 * time-out, less a margin, has passed since just before the last renewal was sent that counts, by the local monotonic
 * clock; the server counts from a later moment. Whoever looks first after that makes it LOST, for good: an answer that
 * comes later changes nothing.
 */
public abstract class LeasedSession extends AbstractSession {

    private final Scheduler scheduler;
    private final Duration timeout;
    private final long trusted;
    private final AtomicLong heartbeats = new AtomicLong();
    private volatile long renewedAt;
    private volatile Cancellable check = () -> {};

    /**
     * @param timeout after which the server ends it; zero for a session without a deadline
     * @param margin for clocks that run unevenly, and for the server's ways of counting
     * @param grantedFrom just before it was asked for, on the scheduler's clock
     */
    protected LeasedSession(String id, Scheduler scheduler, Duration timeout, Duration margin, long grantedFrom) {
        super(id, scheduler);
        this.scheduler = scheduler;
        this.timeout = timeout;
        this.trusted = timeout.isZero() ? Long.MAX_VALUE : timeout.minus(margin).toNanos();
        this.renewedAt = grantedFrom;
    }

    /** Watches over the deadline from now on: call it once the session is made. */
    public final void begin() {
        if (!timeout.isZero()) {
            guard();
        }
    }

    private void guard() {
        if (isOver()) {
            return;
        }
        long silence = silence();
        long suspicion = suspicion().toNanos();
        if (silence >= suspicion) {
            suspend(new ConnectionException("No heartbeat of session " + id() + " was answered for "
                    + TimeUnit.NANOSECONDS.toMillis(silence) + " ms: it is lost after "
                    + TimeUnit.NANOSECONDS.toMillis(trusted) + " ms"));
        }
        long next = silence >= suspicion ? trusted : Math.min(suspicion, trusted);
        check = scheduler.after(Duration.ofNanos(Math.max(next - silence, 0)), this::guard);
        if (super.state().isFinal()) {
            check.cancel();
        }
    }

    @Override
    final void over() {
        check.cancel();
    }

    /** Takes note that a renewal counts which was sent then, on the scheduler's clock. */
    public final void renewed(long sentAt) {
        if (isOver()) {
            return;
        }
        if (sentAt - renewedAt > 0) {
            renewedAt = sentAt;
        }
        heartbeats.incrementAndGet();
        if (silence() < suspicion().toNanos()) {
            move(State.CONNECTED);
        }
    }

    /** Renewals do not get through. */
    public final void suspend(MusterException cause) {
        if (!isOver()) {
            move(State.SUSPENDED);
            failed(cause);
        }
    }

    /** After how much silence it is SUSPENDED: by default, two thirds of the time in which it is believed in. */
    protected Duration suspicion() {
        return Duration.ofNanos(trusted / 3 * 2);
    }

    private long silence() {
        return scheduler.nanoTime() - renewedAt;
    }

    private boolean isOver() {
        if (super.state().isFinal()) {
            return true;
        }
        if (silence() < trusted) {
            return false;
        }
        lose();
        return true;
    }

    @Override
    public final State state() {
        isOver();
        return super.state();
    }

    @Override
    public final Duration timeout() {
        return timeout;
    }

    @Override
    public final boolean mayOwn() {
        return !isOver();
    }

    @Override
    public final long heartbeats() {
        return heartbeats.get();
    }
}
