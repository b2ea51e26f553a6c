package dev.muster.store.zookeeper;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which writes of a session the leader is known to have been told of: it ends a session when that was not for the
 * time-out T. It is told by the server that the client is connected to, which it asks each half tick, and T is two ticks
 * at least. The server answers the client's pings by itself, cut off or not; so only these prove that a write A was
 * reported:
 *
 * <ul>
 *   <li>a write B, sent at least a quarter of T, and a quarter of that again, after A was answered: in between the leader
 *       asked; its question came to the server before B's answer did, and so after A;
 *   <li>a round trip to the leader that began after B was answered: what the server had told came to the leader before.
 * </ul>
 */
final class Reports {

    private final long asked;
    private final long apart;
    private final Deque<Write> answered = new ArrayDeque<>();

    private record Write(long sentAt, long answeredAt) {}

    /** @param timeout of the session, as negotiated */
    Reports(Duration timeout) {
        this.asked = timeout.toNanos() / 16 * 5;
        this.apart = timeout.toNanos() / 32;
    }

    /** A write that was sent then has been answered. */
    synchronized void answered(long sentAt, long answeredAt) {
        Write last = answered.peekLast();
        // Busy sessions write all the time: a few moments are enough.
        if (last == null || sentAt - last.sentAt() >= apart) {
            answered.addLast(new Write(sentAt, answeredAt));
        }
    }

    /**
     * A write that was sent then has been answered, and after it a round trip to the leader. Answers when the last write
     * was sent that this proves to be reported, null where it proves nothing new.
     */
    synchronized @Nullable Long proved(long sentAt) {
        Long from = null;
        while (!answered.isEmpty() && sentAt - answered.peekFirst().answeredAt() >= asked) {
            from = answered.removeFirst().sentAt();
        }
        return from;
    }
}
