package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import java.nio.charset.StandardCharsets;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;

/** A key set, by Jedis on a connection of its own. */
final class BareRedis extends BareLibrary {

    private final Server server;
    private final String prefix;

    BareRedis(Server server, String namespace) {
        this.server = server;
        this.prefix = namespace + "-raw:";
    }

    @Override
    public String name() {
        return "bare SET";
    }

    @Override
    public String note() {
        return Versions.named("Jedis", Jedis.class);
    }

    @Override
    public Client connect(Server from, String id) {
        Jedis jedis = open(from);
        byte[] key = (prefix + id).getBytes(StandardCharsets.UTF_8);
        return new BareClient(jedis, () -> jedis.set(key, BareClient.VALUE));
    }

    static Jedis open(Server server) {
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder().autoNegotiateProtocol(false);
        if (!server.user().isEmpty()) {
            config.user(server.user());
        }
        if (!server.password().isEmpty()) {
            config.password(server.password());
        }
        if (!server.database().isEmpty()) {
            config.database(Integer.parseInt(server.database()));
        }
        return new Jedis(new HostAndPort(server.host(), server.port()), config.build());
    }

    /** Removes all keys with the text in their names. */
    static void remove(Server server, String text) {
        try (Jedis jedis = open(server)) {
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                var found = jedis.scan(
                        cursor, new ScanParams().match("*" + text + "*").count(1_000));
                found.getResult().forEach(jedis::del);
                cursor = found.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        }
    }

    @Override
    public void close() {
        remove(server, prefix);
    }
}
