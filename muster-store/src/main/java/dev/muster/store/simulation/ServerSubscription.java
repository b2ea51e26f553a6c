package dev.muster.store.simulation;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The server's side of one watch: numbers what it sends, so that the client notices when something is missing. */
final class ServerSubscription {

    private static final long FOLDING_NANOS = 300_000_000;

    private final Simulation simulation;
    private final Subscription client;
    private final long id;
    private long sent;
    private WatchEvent.@Nullable Changed held;

    ServerSubscription(Simulation simulation, Subscription client, long id) {
        this.simulation = simulation;
        this.client = client;
        this.id = id;
    }

    long id() {
        return id;
    }

    long sent() {
        return sent;
    }

    boolean replaces(ServerSubscription other) {
        return client == other.client;
    }

    void tell(WatchEvent.Changed change) {
        if (held != null) {
            held = fold(held, change);
        } else if (simulation.chances().chance(simulation.faults().rate(Fault.FOLDED_EVENTS))) {
            held = change;
            long wait = simulation.chances().skewed(100_000, FOLDING_NANOS);
            simulation.loop().after(wait, null, "folded", this::release);
        } else {
            send(change);
        }
    }

    private void release() {
        WatchEvent.Changed change = held;
        if (change != null) {
            held = null;
            send(change);
        }
    }

    private void send(WatchEvent.Changed change) {
        long number = ++sent;
        client.line().push("watch event", true, () -> client.arrived(id, number, change));
    }

    /** One change that leads where the two lead, one after the other. */
    private static WatchEvent.Changed fold(WatchEvent.Changed first, WatchEvent.Changed second) {
        List<WatchEvent.Removal> removals = new ArrayList<>(first.removals());
        Map<String, Entry> puts = new LinkedHashMap<>();
        first.puts().forEach(put -> puts.put(put.name(), put));
        second.removals().forEach(removal -> {
            puts.remove(removal.name());
            removals.add(removal);
        });
        second.puts().forEach(put -> puts.put(put.name(), put));
        List<Entry> inOrder = new ArrayList<>(puts.values());
        inOrder.sort(Entry.CREATION_ORDER);
        return new WatchEvent.Changed(second.revision(), List.copyOf(inOrder), List.copyOf(removals));
    }
}
