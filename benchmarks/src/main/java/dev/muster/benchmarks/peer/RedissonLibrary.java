package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.SingleServerConfig;

/** Redisson's lock, and the one of its locks that is fair as ours are. */
final class RedissonLibrary implements Library {

    private static final int THREADS = 4;

    private final Server server;
    private final String prefix;
    private final boolean fair;

    RedissonLibrary(Server server, String namespace, boolean fair) {
        this.server = server;
        this.prefix = namespace + "-" + (fair ? "redisson-fair" : "redisson") + ":";
        this.fair = fair;
    }

    @Override
    public String option() {
        return fair ? "redisson-fair" : "redisson";
    }

    @Override
    public String name() {
        return Versions.named("Redisson", Redisson.class) + (fair ? ", fair lock" : ", lock");
    }

    @Override
    public String note() {
        return fair ? "" : "not fair: who releases may be the next";
    }

    @Override
    public Client connect(Server from, String id) {
        Config config = new Config();
        // One thread works with each client: its defaults of 16 and 32 threads would only stand in one another's way.
        config.setThreads(THREADS).setNettyThreads(THREADS);
        SingleServerConfig single = config.useSingleServer()
                .setAddress("redis://" + from.address())
                .setConnectionPoolSize(THREADS)
                .setConnectionMinimumIdleSize(1);
        if (!from.user().isEmpty()) {
            config.setUsername(from.user());
        }
        if (!from.password().isEmpty()) {
            config.setPassword(from.password());
        }
        if (!from.database().isEmpty()) {
            single.setDatabase(Integer.parseInt(from.database()));
        }
        return new RedissonConnection(Redisson.create(config));
    }

    @Override
    public void close() {
        BareRedis.remove(server, prefix);
    }

    private final class RedissonConnection extends JavaClient {

        private final RedissonClient redisson;

        RedissonConnection(RedissonClient redisson) {
            this.redisson = redisson;
        }

        @Override
        Hold acquire(String name) throws Exception {
            RLock lock = fair ? redisson.getFairLock(prefix + name) : redisson.getLock(prefix + name);
            if (!lock.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redisson did not get the lock within " + PATIENCE);
            }
            return lock::unlock;
        }

        @Override
        public void close() {
            redisson.shutdown();
        }
    }
}
