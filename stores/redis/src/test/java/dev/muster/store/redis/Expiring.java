package dev.muster.store.redis;

import dev.muster.store.Session;
import dev.muster.store.testkit.Link;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import redis.clients.jedis.Jedis;

/** Ends sessions as the server does that has not heard of them: their owner, by its own clock, knew before. */
final class Expiring {

    private Expiring() {}

    static boolean expire(String url, Session session) {
        ((RedisSession) session).lose();
        Keys keys = new Keys("muster", 0);
        try (Jedis jedis = new Jedis(URI.create(url))) {
            jedis.eval(
                    "redis.call('ZADD', KEYS[2], 'XX', 1, ARGV[1]) redis.call('HSET', KEYS[1], 'x', '1')",
                    List.of(keys.store(), keys.ends()),
                    List.of(session.id()));
        }
        return true;
    }

    /** Operations of clients behind it fail early, so that the suite need not wait for them. */
    static Link link(String url) {
        return Link.of(url).withOption("timeout", "500ms").notifyingBy(Expiring::isNotice);
    }

    /** Whether what the server sends has news of a change in it. */
    private static boolean isNotice(byte[] chunk) {
        return new String(chunk, StandardCharsets.ISO_8859_1).contains("\r\nmessage\r\n");
    }
}
