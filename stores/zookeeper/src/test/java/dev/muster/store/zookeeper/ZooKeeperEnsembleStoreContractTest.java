package dev.muster.store.zookeeper;

import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;

/** On three servers of the latest release: what is read may come from a server that lags. */
class ZooKeeperEnsembleStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return ZooKeeperEnsemble.shared().url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiry.of(session);
    }
}
