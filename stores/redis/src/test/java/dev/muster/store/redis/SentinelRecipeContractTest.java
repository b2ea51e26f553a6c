package dev.muster.store.redis;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.RedisSentinels;
import dev.muster.store.Session;
import dev.muster.store.Store;

class SentinelRecipeContractTest extends RecipeContract {

    @Override
    protected String url() {
        return RedisSentinels.shared().url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(RedisSentinels.shared().primary().url(), session);
    }
}
