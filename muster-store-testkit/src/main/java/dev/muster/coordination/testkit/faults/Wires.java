package dev.muster.coordination.testkit.faults;

import dev.muster.store.testkit.ClientPlace;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Link;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Connects each client process with the server through a proxy of its own. */
final class Wires implements AutoCloseable {

    private final Link link;
    private final Map<String, FaultProxy> proxies = new LinkedHashMap<>();
    private Consumer<FaultProxy> treatment = FaultProxy::pass;

    Wires(Link link) {
        this.link = link;
    }

    /** Where the client of this name stands: behind its proxy. */
    ClientPlace place(String client) {
        FaultProxy proxy = proxies.computeIfAbsent(client, name -> FaultProxy.to(link.servers()));
        treatment.accept(proxy);
        return ClientPlace.at(link.urlAt().apply(proxy.address()));
    }

    FaultProxy of(String client) {
        FaultProxy proxy = proxies.get(client);
        if (proxy == null) {
            throw new IllegalStateException("no client " + client);
        }
        return proxy;
    }

    /** Does this to the connections of all clients, those to come too. */
    void treat(Consumer<FaultProxy> how) {
        treatment = how;
        proxies.values().forEach(how);
    }

    @Override
    public void close() {
        proxies.values().forEach(FaultProxy::close);
    }
}
