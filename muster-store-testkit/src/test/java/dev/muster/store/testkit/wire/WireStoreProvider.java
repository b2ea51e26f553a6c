package dev.muster.store.testkit.wire;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/** Opens {@code wire://127.0.0.1:PORT/NUMBER}: the store of the port NUMBER of this JVM, reached at PORT. */
public final class WireStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("wire");
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public Store open(StoreUri uri) {
        int at = Integer.parseInt(uri.authority().substring(uri.authority().indexOf(':') + 1));
        int number = Integer.parseInt(uri.path().substring(1));
        return new WireStore(WirePort.of(number), new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
    }
}
