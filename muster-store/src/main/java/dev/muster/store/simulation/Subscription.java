package dev.muster.store.simulation;

import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.TimeoutException;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.WatchFeed;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The client's side of one watch. It lists anew, under a new number, whenever it may have missed a change. */
class Subscription {

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Watches watches;
    private final String directory;
    private @Nullable WatchFeed feed;

    /** Of the subscription at the server, 0 for none. */
    private long id;

    private boolean established;
    private long received;

    Subscription(Simulation simulation, SimulatedProcess process, Watches watches, String directory) {
        this.simulation = simulation;
        this.process = process;
        this.watches = watches;
        this.directory = directory;
    }

    Watch start(WatchOptions options, WatchListener listener) {
        WatchListener guarded = new WatchListener() {
            @Override
            public void onEvent(WatchEvent event) {
                simulation.note(process.name(), () -> "sees " + event);
                simulation.guard(() -> listener.onEvent(event));
            }

            @Override
            public void onEnd(MusterException cause) {
                simulation.guard(() -> listener.onEnd(cause));
            }
        };
        WatchFeed made = new WatchFeed(options, guarded, process.tasks().forListeners(), this::subscribe, this::detach);
        feed = made;
        made.pump();
        return made;
    }

    String directory() {
        return directory;
    }

    Line line() {
        return process.line();
    }

    /** The number of the subscription that the server has confirmed, or 0. */
    long established() {
        return established ? id : 0;
    }

    private CompletableFuture<Listing> subscribe() {
        long wanted = simulation.server().nextSubscription();
        id = wanted;
        established = false;
        received = 0;
        return watches.connection()
                .call(
                        Call.WATCH,
                        server -> server.subscribe(directory, new ServerSubscription(simulation, this, wanted)),
                        heard -> established |= heard.value() != null && id == wanted,
                        () -> new TimeoutException("No answer to the watch of " + directory));
    }

    private void detach() {
        watches.remove(this);
        simulation.server().unsubscribe(directory, id);
        id = 0;
        established = false;
    }

    void arrived(long of, long number, WatchEvent.Changed change) {
        WatchFeed known = feed;
        if (of != id || known == null) {
            return;
        }
        if (number != received + 1) {
            missed();
            return;
        }
        received = number;
        known.offer(change);
        known.pump();
    }

    void verified(long of, long sent) {
        if (of == established() && sent != received) {
            missed();
        }
    }

    /** Forgets the subscription, and has the feed ask for another. */
    void missed() {
        simulation.note(process.name(), () -> "watch of " + directory + " missed something");
        id = 0;
        established = false;
        WatchFeed known = feed;
        if (known != null) {
            known.lost();
            known.pump();
        }
    }

    void end(MusterException cause) {
        if (feed != null) {
            feed.end(cause);
        }
    }
}
