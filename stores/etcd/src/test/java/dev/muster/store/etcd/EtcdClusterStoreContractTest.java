package dev.muster.store.etcd;

import dev.muster.servers.EtcdCluster;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;

/** On three servers of a release that keeps leases safe. */
class EtcdClusterStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return EtcdCluster.shared().url();
    }

    /** As its time-out does. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((EtcdStore) store).expire(session);
        return true;
    }
}
