package dev.muster.store.etcd;

import dev.muster.store.Scheduler;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends calls that were not answered in time, by one timer for all. gRPC's own deadlines take a timer each, and tell each
 * server of it, which sets one too: together an eighth of what a small write costs. Thread-safe.
 */
final class Overdue {

    /** How much later than asked for a call may be ended. */
    private static final Duration STEP = Duration.ofMillis(50);

    private final Scheduler scheduler;
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    Overdue(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** A call that is ended after a time, from {@link Waiting#begin} on, unless its end is told before. */
    Waiting after(long nanos, ClientCall<?, ?> call) {
        return new Waiting(nanos, call);
    }

    private void lookLater() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            scheduler.after(STEP, this::look);
        }
    }

    private void look() {
        looking.set(false);
        long now = scheduler.nanoTime();
        waiting.forEach(one -> one.endAt(now));
        if (!waiting.isEmpty()) {
            lookLater();
        }
    }

    /** Ends all calls, and those that begin from now on. */
    void close() {
        closed = true;
        waiting.forEach(Waiting::giveUp);
    }

    /** A call and its time. */
    final class Waiting {
        private final long nanos;
        private final long deadline;
        private final ClientCall<?, ?> call;
        private volatile boolean overdue;
        private volatile boolean ended;

        Waiting(long nanos, ClientCall<?, ?> call) {
            this.nanos = nanos;
            this.deadline = scheduler.nanoTime() + nanos;
            this.call = call;
        }

        /** All was sent: from now on it may be ended. */
        void begin() {
            waiting.add(this);
            if (ended) {
                waiting.remove(this);
            } else if (closed) {
                giveUp();
            } else {
                lookLater();
            }
        }

        private void giveUp() {
            if (waiting.remove(this)) {
                call.cancel("the store was closed", null);
            }
        }

        private void endAt(long now) {
            if (now - deadline >= 0 && waiting.remove(this)) {
                overdue = true;
                call.cancel("not answered in time", null);
            }
        }

        /** The call has ended. Answers why, in truth. */
        Status end(Status told) {
            ended = true;
            waiting.remove(this);
            return overdue && told.getCode() == Status.Code.CANCELLED
                    ? Status.DEADLINE_EXCEEDED.withDescription("not answered within " + nanos / 1_000_000 + " ms")
                    : told;
        }
    }
}
