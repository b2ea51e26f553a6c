package dev.muster.store.redis;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.RedisSentinels;
import dev.muster.servers.RedisServer;
import dev.muster.store.Store;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With a replica that sentinels make the primary: a fail-over may lose what was acknowledged. */
class SentinelFaultTest extends FaultContract {

    private static RedisSentinels redis;

    @BeforeAll
    static void start() {
        redis = RedisSentinels.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected String url() {
        return redis.url();
    }

    @Override
    protected String called(Store store) {
        return "redis, replica and sentinels";
    }

    private static void killPrimary() {
        RedisServer old = redis.primary();
        old.kill();
        redis.awaitPrimaryOtherThan(old);
    }

    @Override
    protected List<ServerFault> serverFaults() {
        return List.of(
                ServerFault.of("lose their replica", () -> redis.replica().kill())
                        .repairedBy(redis::reviveAll),
                ServerFault.of("lose their primary", SentinelFaultTest::killPrimary)
                        .losingData()
                        .repairedBy(redis::reviveAll));
    }
}
