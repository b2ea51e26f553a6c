package dev.muster.store.zookeeper;

import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.store.testkit.FaultProxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between member 1 of an ensemble and the others, so that it can be cut off from them, and not from its clients. */
final class CutMember implements ZooKeeperEnsemble.Routes, AutoCloseable {

    private final List<FaultProxy> proxies = new CopyOnWriteArrayList<>();

    @Override
    public int port(int from, int to, int port) {
        if (from != 1 && to != 1) {
            return port;
        }
        FaultProxy proxy = FaultProxy.to("127.0.0.1", port);
        proxies.add(proxy);
        return proxy.port();
    }

    /** As a network that drops packets: nothing passes, and no connection ends. */
    void cut() {
        proxies.forEach(FaultProxy::silence);
    }

    void heal() {
        proxies.forEach(FaultProxy::pass);
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}
