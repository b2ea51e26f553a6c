package dev.muster.store.etcd;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.EtcdCluster;
import dev.muster.store.Session;
import dev.muster.store.Store;

/** On three servers of a release that keeps leases safe. */
class EtcdClusterRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return EtcdCluster.shared().url();
    }

    @Override
    protected String unreachableUrl() {
        return "etcd://127.0.0.1:1";
    }

    /** As its time-out does. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((EtcdStore) store).expire(session);
        return true;
    }
}
