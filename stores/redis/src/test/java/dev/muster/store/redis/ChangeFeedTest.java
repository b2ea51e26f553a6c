package dev.muster.store.redis;

import dev.muster.servers.RedisServer;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The connection for changes, as the server sees it. */
class ChangeFeedTest {

    /** Pinged more than once since it was made. */
    private static final Pattern PINGED_AND_FIVE_SECONDS_OLD = Pattern.compile(" age=([5-9]|\\d\\d).* cmd=ping ");

    @Test
    void outlivesItsLastWatch() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url());
                Jedis redis = new Jedis(URI.create(server.url()))) {
            try (WatchRecorder watch = new WatchRecorder()) {
                watch.closesWith(store.watch("locks/a", WatchOptions.ALL, watch));
                watch.awaitListed();
            }
            Patience.await("an old connection without subscriptions", Duration.ofSeconds(15))
                    .until(() -> redis.clientList()
                            .lines()
                            .anyMatch(client -> client.contains(" sub=0 ")
                                    && PINGED_AND_FIVE_SECONDS_OLD
                                            .matcher(client)
                                            .find()));
        }
    }
}
