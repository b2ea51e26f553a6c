package dev.muster.store.zookeeper;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Until when a session may believe that it lives. The leader ends it when it has not been told of it for the time-out T.
 * It is told by the server that the client is connected to, which it asks each half tick, and T is two ticks at least. The
 * server answers the client's pings by itself, cut off or not; so only these prove that a write A was reported:
 *
 * <ul>
 *   <li>a write B, sent at least a quarter of T, and a quarter of that again, after A was answered: in between the leader
 *       asked; its question came to the server before B's answer did, and so after A;
 *   <li>a round trip to the leader that began after B was answered: what the server had told came to the leader before.
 * </ul>
 *
 * <p>So T counts from when the latest such A was sent. A hundredth of T is left for clocks that run at different speeds.
 */
final class Lease {

    private static final int HEARTBEATS = 8;
    private static final int MARGIN = 100;
    private static final long SLOW = 500_000_000;

    private final long timeout;
    private final long asked;
    private final Deque<Write> answered = new ArrayDeque<>();
    private volatile long from;
    private volatile long confirmed;

    private record Write(long sentAt, long answeredAt) {}

    /** @param openedAt just before the session was asked for: the leader counted from then or later */
    Lease(Duration timeout, long openedAt) {
        this.timeout = timeout.toNanos();
        this.asked = this.timeout / 16 * 5;
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
        return Duration.ofNanos(Math.max(timeout / HEARTBEATS, Math.min(timeout / 4, SLOW)));
    }

    /** A write that was sent then has been answered. */
    synchronized void answered(long sentAt, long answeredAt) {
        confirmed++;
        Write last = answered.peekLast();
        // Busy sessions write all the time: a few moments are enough.
        if (last == null || sentAt - last.sentAt() >= timeout / 32) {
            answered.addLast(new Write(sentAt, answeredAt));
        }
    }

    /** A write that was sent then has been answered, and after it a round trip to the leader. */
    synchronized void reported(long sentAt) {
        while (!answered.isEmpty() && sentAt - answered.peekFirst().answeredAt() >= asked) {
            from = later(from, answered.removeFirst().sentAt());
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
