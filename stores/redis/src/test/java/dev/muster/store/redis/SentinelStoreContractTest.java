package dev.muster.store.redis;

import dev.muster.servers.RedisSentinels;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;

class SentinelStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return RedisSentinels.shared().url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(RedisSentinels.shared().primary().url(), session);
    }
}
