package dev.muster.store.etcd;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Session;
import dev.muster.store.Store;

/** On one server of the release that is installed. */
class EtcdRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return EtcdServer.shared(EtcdRelease.INSTALLED).url();
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
