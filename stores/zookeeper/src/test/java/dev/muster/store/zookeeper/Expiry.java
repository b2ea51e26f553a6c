package dev.muster.store.zookeeper;

import dev.muster.store.Session;

/** Ends a session as its time-out does: its owner gives it up first, and then the servers end it. */
final class Expiry {

    private Expiry() {}

    static boolean of(Session session) {
        ((ZooKeeperSession) session).lose();
        // Returns when the servers have confirmed it.
        ((ZooKeeperSession) session).handle().close();
        return true;
    }
}
