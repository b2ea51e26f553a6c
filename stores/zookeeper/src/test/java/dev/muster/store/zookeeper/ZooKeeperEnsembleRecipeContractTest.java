package dev.muster.store.zookeeper;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.store.Session;
import dev.muster.store.Store;

/** On three servers of the latest release. */
class ZooKeeperEnsembleRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return ZooKeeperEnsemble.shared().url();
    }

    @Override
    protected String unreachableUrl() {
        return "zookeeper://127.0.0.1:1";
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiry.of(session);
    }
}
