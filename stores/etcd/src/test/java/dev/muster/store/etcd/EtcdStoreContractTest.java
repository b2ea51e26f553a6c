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
        // Operations are tried again until their time is up: a short one, where so many are to fail.
        return Link.of(url()).withOption("timeout", "1s");
    }

    /** As its time-out does. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((EtcdStore) store).expire(session);
        return true;
    }
}
