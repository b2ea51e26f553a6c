package dev.muster.store.redis;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.RedisSentinels;
import dev.muster.store.Session;
import dev.muster.store.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SentinelRecipeContractTest extends RecipeContract {

    private static RedisSentinels redis;

    @BeforeAll
    static void start() {
        redis = RedisSentinels.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected String url() {
        return redis.url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(redis.primary().url(), session);
    }
}
