package dev.muster.store.zookeeper;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;

class ZooKeeperStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return ZooKeeperServer.shared().url();
    }

    @Override
    protected Link link() {
        return Link.of(url());
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiry.of(session);
    }
}
