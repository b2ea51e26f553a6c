package dev.muster.store.zookeeper;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Until when a session may believe that it lives. The leader ends it when it has not been told of it for the time-out T.
 * It is told by the server that the client is connected to, each half tick, and T is two ticks at least. An answered write
 * shows that a quorum was there after it was sent, and that what the server had reported before came to the leader. So
 * what was sent a quarter of T (half a tick or more) before an answered write had been reported, and T counts from there:
 * from the latest write that was sent T/4 or more before one that was answered. A hundredth of T is left for clocks that
 * run at different speeds. The heartbeats come each T/8.
 */
final class Lease {

    private static final int HEARTBEATS = 8;
    private static final int REPORT = 4;
    private static final int MARGIN = 100;

    private static final long SLOW = 500_000_000;

    private final long timeout;
    private final long report;
    private final Deque<Long> sent = new ArrayDeque<>();
    private volatile long from;
    private volatile long confirmed;

    /** @param openedAt just before the session was asked for: the leader counted from then or later */
    Lease(Duration timeout, long openedAt) {
        this.timeout = timeout.toNanos();
        this.report = this.timeout / REPORT;
        this.from = openedAt;
    }

    Duration timeout() {
        return Duration.ofNanos(timeout);
    }

    Duration interval() {
        return Duration.ofNanos(timeout / HEARTBEATS);
    }

    /** How long a heartbeat may go unanswered before another connection is tried: not for less than a slow link takes. */
    Duration patience() {
        return Duration.ofNanos(Math.max(timeout / HEARTBEATS, Math.min(timeout / REPORT, SLOW)));
    }

    /** A write that was sent then has been answered. */
    synchronized void confirmed(long sentAt) {
        confirmed++;
        Long last = sent.peekLast();
        // Busy sessions confirm all the time: a few moments are enough.
        if (last == null || sentAt - last >= report / 8) {
            sent.addLast(sentAt);
        }
        while (!sent.isEmpty() && sentAt - sent.peekFirst() >= report) {
            from = later(from, sent.removeFirst());
        }
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    long confirmed() {
        return confirmed;
    }

    /** Nanoseconds until the session must be taken for ended; negative or zero: it must now. */
    long left(long now) {
        return from + timeout - timeout / MARGIN - now;
    }
}
