package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisServer;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a server that forces every write to the disk before it answers, where more is promised. */
class DurableRedisStoreContractTest extends StoreContract {

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start("--appendfsync", "always");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected String url() {
        return server.url();
    }

    @Override
    protected Link link() {
        return Expiring.link(url());
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(url(), session);
    }

    @Test
    void itPromisesDurabilityAndSafeLeases() {
        try (Store store = open()) {
            assertThat(store.traits())
                    .contains(Trait.LEASE_SAFE, Trait.DURABLE_ACROSS_CRASH, Trait.DURABLE_ACROSS_POWER_LOSS);
        }
    }
}
