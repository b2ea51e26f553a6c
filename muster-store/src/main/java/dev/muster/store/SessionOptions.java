package dev.muster.store;

import java.time.Duration;

/**
 * How a session shall be.
 *
 * @param timeout how long the session outlives its process or the connection; the engine negotiates, see
 *     {@link Session#timeout()}. Engines whose sessions end with the process ignore it.
 */
public record SessionOptions(Duration timeout) {

    /** A time-out of 10 seconds. */
    public static final SessionOptions DEFAULT = new SessionOptions(Duration.ofSeconds(10));

    public SessionOptions {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new InvalidArgument("session timeout is " + timeout + ": it must be positive");
        }
    }
}
