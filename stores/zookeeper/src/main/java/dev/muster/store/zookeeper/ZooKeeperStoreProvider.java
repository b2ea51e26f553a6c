package dev.muster.store.zookeeper;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.util.Set;

/** Opens {@code zookeeper://h1:2181,h2:2181/path}, with options for user, password, TLS and time-outs. */
public final class ZooKeeperStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("zookeeper");
    }

    @Override
    public Set<String> options() {
        return Settings.OPTIONS;
    }

    @Override
    public Store open(StoreUri uri) {
        return ZooKeeperStore.open(new Settings(uri));
    }
}
