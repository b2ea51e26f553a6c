package dev.muster.store.zookeeper;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Session;
import dev.muster.store.Store;

/** On one server of the release that Debian has. */
class ZooKeeperRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return ZooKeeperServer.shared().url();
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
