package dev.muster.store.redis;

import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server says of itself.
 *
 * @param run changes with each start of the server
 * @param bounded whether its memory has a limit
 * @param durable whether it forces each write to the disk before it answers, as far as it says
 */
record ServerInfo(
        String version,
        String run,
        boolean primary,
        int replicas,
        boolean cluster,
        String eviction,
        boolean bounded,
        boolean durable) {

    private static final Logger LOG = LoggerFactory.getLogger(ServerInfo.class);
    private static final int OLDEST = 5;

    /** @param fsync its 'appendfsync', empty where it does not say */
    static ServerInfo parse(String info, String fsync) {
        Map<String, String> fields = new HashMap<>();
        for (String line : info.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return new ServerInfo(
                fields.getOrDefault("redis_version", "0"),
                fields.getOrDefault("run_id", ""),
                fields.getOrDefault("role", "master").equals("master"),
                Integer.parseInt(fields.getOrDefault("connected_slaves", "0")),
                fields.getOrDefault("cluster_enabled", "0").equals("1"),
                fields.getOrDefault("maxmemory_policy", "noeviction"),
                !fields.getOrDefault("maxmemory", "0").equals("0"),
                fields.getOrDefault("aof_enabled", "0").equals("1") && fsync.equals("always"));
    }

    /** Why a store cannot live there; null where it can. */
    void check(RedisOptions options) {
        MusterException fault = null;
        if (Integer.parseInt(version.replaceAll("\\D.*", "")) < OLDEST) {
            fault = new StorageException(options.place() + " is of version " + version + ": the redis engine needs "
                    + OLDEST + ".0 or later, where scripts may use the server's clock");
        } else if (!primary && !options.isSentinel()) {
            fault = new StorageException(options.place() + " is a replica, which is read-only: name the primary, or the"
                    + " sentinels, as in redis+sentinel://h1:26379,h2:26379/mymaster");
        } else if (bounded && eviction.startsWith("allkeys")) {
            fault = new StorageException(options.place() + " evicts keys when its memory is full ('maxmemory-policy "
                    + eviction
                    + "'): that would free locks that are held. Set it to noeviction or to one of volatile-*,"
                    + " or use a server of its own.");
        }
        if (fault != null) {
            throw fault;
        }
        if (!bounded && eviction.startsWith("allkeys")) {
            LOG.warn(
                    "{} has 'maxmemory-policy {}', which would evict locks that are held if 'maxmemory' were set",
                    options.place(),
                    eviction);
        }
    }
}
