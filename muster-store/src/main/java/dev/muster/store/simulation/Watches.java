package dev.muster.store.simulation;

import dev.muster.store.MusterException;
import dev.muster.store.TimeoutException;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The watches of one store. While there are any, asks the server each second whether they have missed something. */
final class Watches {

    static final String DUE = "watches due";
    static final String VERIFIED = "watch verified";

    private static final long VERIFY_NANOS = 1_000_000_000L;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Connection connection;
    private final Set<Subscription> all = new LinkedHashSet<>();
    private boolean verifying;

    Watches(Simulation simulation, SimulatedProcess process, Connection connection) {
        this.simulation = simulation;
        this.process = process;
        this.connection = connection;
    }

    Watch start(String directory, WatchOptions options, WatchListener listener) {
        Subscription subscription = simulation.parts().subscription(simulation, process, this, directory);
        all.add(subscription);
        Watch watch = subscription.start(options, listener);
        if (!verifying) {
            verifying = true;
            verifyLater();
        }
        return watch;
    }

    Connection connection() {
        return connection;
    }

    void remove(Subscription subscription) {
        all.remove(subscription);
    }

    void lost() {
        List.copyOf(all).forEach(Subscription::missed);
    }

    void end(MusterException cause) {
        List.copyOf(all).forEach(subscription -> subscription.end(cause));
    }

    private void verifyLater() {
        process.tasks().timer(VERIFY_NANOS, DUE, () -> {
            verifying = !all.isEmpty();
            if (verifying) {
                verify();
                verifyLater();
            }
        });
    }

    private void verify() {
        Map<Subscription, Long> asked = new LinkedHashMap<>();
        for (Subscription subscription : all) {
            if (subscription.established() != 0) {
                asked.put(subscription, subscription.established());
            }
        }
        connection.call(
                Call.VERIFY,
                server -> verified(server, asked),
                heard -> {},
                () -> new TimeoutException("No answer to the question what watches have missed"));
    }

    /** The answer comes on the way of the changes: whatever was sent before it has arrived before it, or is lost. */
    private boolean verified(SimulatedServer server, Map<Subscription, Long> asked) {
        Map<Subscription, Long> sent = new LinkedHashMap<>();
        asked.forEach((subscription, id) -> sent.put(subscription, server.sent(subscription.directory(), id)));
        process.line()
                .push(
                        VERIFIED,
                        false,
                        () -> sent.forEach((subscription, count) ->
                                subscription.verified(asked.getOrDefault(subscription, 0L), count)));
        return true;
    }
}
