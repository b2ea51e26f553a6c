package dev.muster.store.zookeeper;

import java.util.HashMap;
import java.util.Map;
import org.apache.zookeeper.Watcher;

/**
 * How many in this client watch each path. The server keeps one watch a path for a session, however many watchers the client
 * has there, and keeps it when one of them is removed: only all of a path can be let go at the server.
 */
final class WatchedPaths {

    private final Map<String, Integer> watchers = new HashMap<>();

    /** To be called before the watch is asked for. */
    synchronized void enter(String path) {
        watchers.merge(path, 1, Integer::sum);
    }

    synchronized void leave(String path) {
        watchers.computeIfPresent(path, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Lets go of the watch of one who has left. Requests keep their order, so who enters after this watches anew. */
    synchronized void end(Handle handle, String path, Watcher watcher) {
        if (handle.isExpired()) {
            return;
        }
        if (watchers.containsKey(path)) {
            handle.unwatch(path, watcher);
        } else {
            handle.unwatchAll(path);
        }
    }
}
