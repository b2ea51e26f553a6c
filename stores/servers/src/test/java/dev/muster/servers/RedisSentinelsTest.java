package dev.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisSentinelsTest {

    @Test
    void theReplicaBecomesThePrimaryWhenThatIsKilled() {
        try (RedisSentinels redis = RedisSentinels.start()) {
            RedisServer first = redis.primary();
            assertThat(redis.replica()).isNotSameAs(first);
            first.kill();
            assertThat(redis.awaitPrimaryOtherThan(first)).isNotSameAs(first);
        }
    }
}
