package dev.muster.store.etcd;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.util.Set;

/** Opens {@code etcd://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][/PREFIX]}, options tls, ca, cert, key and timeout. */
public final class EtcdStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("etcd");
    }

    @Override
    public Set<String> options() {
        return Settings.OPTIONS;
    }

    @Override
    public Store open(StoreUri uri) {
        return EtcdStore.open(Settings.of(uri));
    }
}
