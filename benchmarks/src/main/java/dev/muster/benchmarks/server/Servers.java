package dev.muster.benchmarks.server;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.servers.PostgresServer;
import dev.muster.servers.RedisServer;
import dev.muster.servers.ZooKeeperServer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** The servers of a run: each is started when it is first asked for, and ended with the run. Or one that is there. */
public final class Servers implements AutoCloseable {

    /** How durable a PostgreSQL is for every connection that does not say otherwise, by its own word. */
    private static final String DURABILITY = "select string_agg(name || ' ' || setting, ', ' order by name)"
            + " from pg_settings where name in"
            + " ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method')";

    private final @Nullable Server given;
    private final Map<Kind, Server> used = new EnumMap<>(Kind.class);
    private final Map<Kind, Runnable> running = new EnumMap<>(Kind.class);

    /** @param given the one to use for its kind; null to start all */
    public Servers(@Nullable Server given) {
        this.given = given;
    }

    /**
     * The server of a kind.
     *
     * @throws IOException where it is not installed
     */
    public Server of(Kind kind) throws IOException {
        Server there = given != null && given.kind() == kind ? given : used.get(kind);
        if (there == null) {
            try {
                there = start(kind);
            } catch (TestAbortedException | AssertionError missing) {
                throw new IOException(missing.getMessage(), missing);
            }
        }
        used.put(kind, there);
        return there;
    }

    /** As durable as a team runs them: what they have acknowledged is on the disk, but for Redis. */
    private Server start(Kind kind) {
        return switch (kind) {
            case REDIS -> {
                RedisServer redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "everysec");
                running.put(kind, redis::close);
                yield Server.at(redis.url(), "append-only file written before each answer, forced each second");
            }
            case ETCD -> {
                EtcdServer etcd = EtcdServer.start(EtcdRelease.INSTALLED);
                running.put(kind, etcd::close);
                yield Server.at(etcd.url(), "one member, log forced for each write");
            }
            case ZOOKEEPER -> {
                ZooKeeperServer zooKeeper = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);
                running.put(kind, zooKeeper::close);
                yield Server.at(zooKeeper.url(), "one server, log forced for each write");
            }
            case POSTGRESQL -> {
                PostgresServer postgres =
                        PostgresServer.start("fsync=on", "synchronous_commit=on", "max_connections=300");
                running.put(kind, postgres::close);
                yield Server.at(postgres.url(), postgres.sql(DURABILITY));
            }
        };
    }

    /** How durable those are that were used, by their kind. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        used.forEach((kind, server) -> settings.put(kind.engine(), server.settings()));
        return settings;
    }

    @Override
    public void close() {
        running.values().forEach(Runnable::run);
        running.clear();
    }
}
