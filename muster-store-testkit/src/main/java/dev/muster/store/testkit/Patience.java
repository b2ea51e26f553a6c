package dev.muster.store.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How long tests wait for what must come. The system property {@value #PROPERTY} multiplies every wait: more for a slow
 * machine, less to see a fault quickly.
 */
public final class Patience {

    public static final String PROPERTY = "muster.test.patience";

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(5);

    private Patience() {}

    /** The duration times the multiplier. */
    public static Duration scaled(Duration duration) {
        double factor = Double.parseDouble(System.getProperty(PROPERTY, "1.0"));
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }

    /** For one operation on a store, or for what another thread shall do soon: 10 s, scaled. */
    public static Duration deadline() {
        return scaled(DEADLINE);
    }

    /** Awaits a condition until {@link #deadline()}. */
    public static ConditionFactory await(String what) {
        return await(what, DEADLINE);
    }

    /** Awaits a condition for as long as given, scaled. */
    public static ConditionFactory await(String what, Duration atMost) {
        return Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(scaled(atMost));
    }

    /** Lets so much time pass, which is never scaled: for what must not happen within it. */
    public static void pass(String what, Duration time) {
        Awaitility.await(what).pollDelay(time).atMost(time.plus(DEADLINE)).until(() -> true);
    }
}
