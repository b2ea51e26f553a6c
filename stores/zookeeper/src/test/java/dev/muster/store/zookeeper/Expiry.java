package dev.muster.store.zookeeper;

import dev.muster.store.Session;

/** Ends a session as its time-out does: its owner gives it up first, and then the servers end it. */
final class Expiry {

    private Expiry() {}

    static boolean of(Session session) {
        ((ZooKeeperSession) session).lose();
        // Waits until the servers have confirmed it.
        session.close();
        return true;
    }
}
