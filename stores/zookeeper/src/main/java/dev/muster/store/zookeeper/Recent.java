package dev.muster.store.zookeeper;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the latest commits of this client left: hints that save reading, and never decide, since the operations made from
 * them fail where they are wrong.
 */
final class Recent {

    private static final int MOST = 4_096;
    private static final long PUT = -1;

    /** By path: the revision of the append that made it, or PUT. */
    private final Map<String, Long> there = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    synchronized void appended(String path, long revision) {
        there.put(path, revision);
    }

    synchronized void put(String path) {
        there.putIfAbsent(path, PUT);
    }

    synchronized void deleted(String path) {
        there.remove(path);
    }

    synchronized boolean isThere(String path) {
        return there.containsKey(path);
    }

    /** Whether an append of this client made it, at any revision. */
    synchronized boolean isFirst(String path) {
        Long created = there.get(path);
        return created != null && created != PUT;
    }

    synchronized boolean isFirst(String path, long revision) {
        Long created = there.get(path);
        return created != null && created == revision;
    }
}
