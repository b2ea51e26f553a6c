package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.StoreUri;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class HandleTest {

    @Test
    void whoIsToldOfAConnectionFindsItConnected() throws IOException {
        ZooKeeperServer server = ZooKeeperServer.shared();
        List<Boolean> found = new CopyOnWriteArrayList<>();
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port())) {
            Settings settings = new Settings(StoreUri.parse("zookeeper://" + proxy.address()));
            Handle handle = new Handle(settings, 10_000, new Handle.Listener() {
                @Override
                public void connected(Handle handle) {
                    found.add(handle.isConnected());
                }

                @Override
                public void disconnected(Handle handle) {}

                @Override
                public void expired(Handle handle) {}
            });
            try {
                handle.begin();
                Patience.await("a connection").until(() -> found.size() == 1);
                proxy.cut();
                Patience.await("another connection").until(() -> found.size() == 2);
            } finally {
                handle.close();
            }
        }
        assertThat(found).containsOnly(true);
    }
}
