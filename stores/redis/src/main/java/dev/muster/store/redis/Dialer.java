package dev.muster.store.redis;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Finds the primary, connects and logs in. Stateless. */
final class Dialer {

    /** For connecting, and for each reply until the connection is ready. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Of one sentinel: the others may know. */
    private static final Duration SENTINEL_PATIENCE = Duration.ofMillis(500);

    private final RedisOptions options;

    Dialer(RedisOptions options) {
        this.options = options;
    }

    /** A connection that is logged in at the right database. */
    record Line(Wire wire, HostAndPort server, ServerInfo info) {}

    /** Connects to the primary, and checks that a store can live there. */
    Line primary() {
        HostAndPort server = options.master() == null ? options.servers().get(0) : askSentinels(options.master());
        Wire wire = connect(server);
        try {
            ServerInfo info = ServerInfo.parse(Reply.text(wire.ask("INFO")), fsync(wire));
            info.check(options);
            if (!info.primary()) {
                throw new ConnectionException(options.place() + " is " + server
                        + " for the sentinels, which is a replica still: a fail-over is under way");
            }
            return new Line(wire, server, info);
        } catch (MusterException e) {
            wire.close();
            throw e;
        } catch (JedisDataException e) {
            wire.close();
            throw Failures.login(options, options.account(), e);
        } catch (RuntimeException e) {
            wire.close();
            throw Failures.connection(options.place(), e);
        }
    }

    /** Connects to a server that is known, and logs in. */
    Wire connect(HostAndPort server) {
        Wire wire;
        try {
            wire = Wire.to(server, options.tls(), PATIENCE);
        } catch (JedisConnectionException e) {
            throw Failures.connection(options.place(), e);
        }
        try {
            login(wire, options.account());
            if (options.keys().database() != 0) {
                wire.ask("SELECT", String.valueOf(options.keys().database()));
            }
            return wire;
        } catch (JedisDataException e) {
            wire.close();
            throw Failures.login(options, options.account(), e);
        } catch (RuntimeException e) {
            wire.close();
            throw Failures.connection(options.place(), e);
        }
    }

    /** Many services do not let their users see it: then nothing is promised that hangs on it. */
    private static String fsync(Wire wire) {
        try {
            List<?> answer = Reply.list(wire.ask("CONFIG", "GET", "appendfsync"));
            return answer.size() == 2 ? Reply.text(answer.get(1)) : "";
        } catch (JedisDataException refused) {
            return "";
        }
    }

    private static void login(Wire wire, RedisOptions.Account account) {
        String password = account.password();
        if (password == null) {
            return;
        }
        String user = account.user();
        if (user == null) {
            wire.ask("AUTH", password);
        } else {
            wire.ask("AUTH", user, password);
        }
    }

    /** Where the sentinels say the primary is: the first that answers counts, asked in an order of chance. */
    HostAndPort askSentinels(String master) {
        List<HostAndPort> sentinels = new ArrayList<>(options.servers());
        Collections.shuffle(sentinels);
        MusterException last = null;
        for (HostAndPort sentinel : sentinels) {
            try {
                HostAndPort found = askSentinel(sentinel, master);
                if (found != null) {
                    return found;
                }
                last = new StorageException("the sentinel " + sentinel + " knows no primary '" + master
                        + "': check the name in the store URI");
            } catch (MusterException e) {
                last = last == null || !Failures.isFinal(last) ? e : last;
            }
        }
        throw last == null ? new ConnectionException("the store URI names no sentinel") : last;
    }

    private @Nullable HostAndPort askSentinel(HostAndPort sentinel, String master) {
        try (Wire wire = Wire.to(sentinel, options.sentinelTls(), SENTINEL_PATIENCE)) {
            login(wire, options.sentinelAccount());
            byte[] question = Resp.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master);
            Object reply = wire.ask(question);
            if (reply instanceof List<?> address && address.size() == 2) {
                return new HostAndPort(Reply.text(address.get(0)), (int) Reply.number(address.get(1)));
            }
            return null;
        } catch (JedisDataException e) {
            throw Failures.sentinelLogin(sentinel, options.sentinelAccount(), e);
        } catch (JedisConnectionException e) {
            throw Failures.connection("the sentinel " + sentinel, e);
        }
    }
}
