package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.servers.RedisCluster;
import dev.muster.servers.RedisServer;
import dev.muster.store.Session;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the node of a Redis Cluster that holds the slot of the store, everything is as on a server alone. */
class ClusterTest extends StoreContract {

    private static RedisCluster cluster;
    private static RedisServer node;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        node = cluster.holding("{muster}");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected String url() {
        return node.url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiring.expire(url(), session);
    }

    @Test
    void anotherNodeIsRefusedAndTheRightOneNamed() {
        for (RedisServer other : cluster.nodes()) {
            if (other != node) {
                assertThatThrownBy(() -> Store.open(other.url()))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining(other.host() + ":" + other.port())
                        .hasMessageContaining("name " + node.host() + ":" + node.port());
            }
        }
    }

    @Test
    void anotherPrefixLivesWhereItsSlotIs() {
        for (int i = 0; i < 8; i++) {
            String prefix = "p" + i;
            RedisServer holder = cluster.holding("{" + prefix + "}");
            try (Store store = Store.open(holder.url() + "?prefix=" + prefix)) {
                assertThat(store.directories("").join()).isEmpty();
            }
        }
    }

    @Test
    void aDatabaseBesidesTheFirstIsRefused() {
        assertThatThrownBy(() -> Store.open(node.url() + "/1"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cluster");
    }
}
