package dev.muster.store.etcd;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;

/** On one server of the release that is installed. */
class EtcdStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return EtcdServer.shared(EtcdRelease.INSTALLED).url();
    }

    @Override
    protected Link link() {
        return Link.of(url());
    }

    /** As its time-out does. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((EtcdStore) store).expire(session);
        return true;
    }
}
