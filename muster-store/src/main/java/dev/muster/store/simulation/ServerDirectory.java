package dev.muster.store.simulation;

import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import java.util.Map;
import java.util.TreeMap;

/** A directory at the server, and who watches it. */
final class ServerDirectory {

    final DirectoryState state;
    final Map<Long, ServerSubscription> subscriptions = new TreeMap<>();

    /** A session has ended that may own something here. */
    boolean reapable;

    ServerDirectory(DirectoryState state) {
        this.state = state;
    }

    void tell(WatchEvent.Changed change) {
        subscriptions.values().forEach(subscription -> subscription.tell(change));
    }
}
