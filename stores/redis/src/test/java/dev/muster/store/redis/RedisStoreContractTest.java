package dev.muster.store.redis;

import dev.muster.servers.RedisServer;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;

class RedisStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return RedisServer.shared().url();
    }

    @Override
    protected Link link() {
        return Expiring.link(url());
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(url(), session);
    }
}
