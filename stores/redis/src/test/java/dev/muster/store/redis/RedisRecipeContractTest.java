package dev.muster.store.redis;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.RedisServer;
import dev.muster.store.Session;
import dev.muster.store.Store;

class RedisRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return RedisServer.shared().url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(url(), session);
    }

    /** Nothing listens on the port of a privileged service that nobody runs. */
    @Override
    protected String unreachableUrl() {
        return "redis://127.0.0.1:1";
    }
}
