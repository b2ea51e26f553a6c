package dev.muster.store.zookeeper;

import dev.muster.store.Session;
import java.io.IOException;
import org.apache.zookeeper.ZooKeeper;

/** Ends a session as the servers do when its time has passed: another connection takes it over and closes it. */
final class Expiry {

    private Expiry() {}

    static boolean of(Session session) {
        Handle handle = ((ZooKeeperSession) session).handle();
        java.util.concurrent.CountDownLatch connected = new java.util.concurrent.CountDownLatch(1);
        try {
            ZooKeeper thief = new ZooKeeper(
                    handle.hosts(),
                    handle.timeoutMillis(),
                    event -> connected.countDown(),
                    handle.sessionId(),
                    handle.password());
            if (!connected.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
                throw new AssertionError("could not take a session over");
            }
            // The deadline of a living client passes before the servers end its session.
            ((ZooKeeperSession) session).lose();
            thief.close();
            return true;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("could not take a session over", e);
        }
    }
}
