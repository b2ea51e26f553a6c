package dev.muster.store.simulation;

import dev.muster.store.MusterException;
import dev.muster.store.TimeoutException;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The watches of one store. While there are any, asks the server each second whether they have missed something. */
final class Watches {

    private static final long VERIFY_NANOS = 1_000_000_000L;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Connection connection;
    private final Set<Subscription> all = new LinkedHashSet<>();
    private boolean verifying;
    private long lastId;

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

    long nextId() {
        return ++lastId;
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
        process.tasks().timer(VERIFY_NANOS, "watches due", () -> {
            verifying = !all.isEmpty();
            if (verifying) {
                verify();
                verifyLater();
            }
        });
    }

    /** The answer comes on the way of the changes: whatever was sent before it has arrived before it, or is lost. */
    private void verify() {
        for (Subscription subscription : all) {
            long id = subscription.established();
            if (id != 0) {
                connection.call(
                        Call.VERIFY,
                        server -> {
                            long sent = server.sent(subscription.directory(), id);
                            process.line().push("watch verified", false, () -> subscription.verified(id, sent));
                            return true;
                        },
                        heard -> {},
                        () -> new TimeoutException("No answer on the watch of " + subscription.directory()));
            }
        }
    }
}
