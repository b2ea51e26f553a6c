package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.RedisGuard;
import dev.muster.servers.RedisSentinels;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sentinels that want TLS, a user and a password, before servers that want another password. */
class GuardedSentinelsTest {

    private static final Duration SOON = Duration.ofSeconds(6);
    private static RedisSentinels redis;

    @BeforeAll
    static void start() {
        redis = RedisSentinels.startGuarded();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static String url(String password, String options) {
        return "redis+sentinel://:" + password + "@" + redis.guardedHosts() + "/" + RedisSentinels.MASTER + "?"
                + options;
    }

    private static MusterException refusal(String url) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> Store.open(url).close());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage()))
                    .doesNotContain("tr0ub4dor", RedisGuard.SERVERS, RedisGuard.CLIENT_PASSWORD);
        }
        assertThat(failure).isInstanceOf(MusterException.class);
        return (MusterException) failure;
    }

    @Test
    void withAllOfItTheStoreOpens() {
        try (Store store = Store.open(redis.url())) {
            Duration deadline = Duration.ofSeconds(10);
            store.commit(Commit.in("d").put("a", Bytes.utf8("1")).build(), deadline);
            assertThat(store.list("d", deadline).names()).containsExactly("a");
        }
    }

    @Test
    void aWrongOrMissingPasswordOfTheSentinelsIsSaidToBeTheirs() {
        String tls = "sentinel-tls&ca=" + redis.guard().certificates().certificate();
        assertThat(refusal(url(
                        RedisGuard.SERVERS,
                        tls + "&sentinel-user=" + RedisGuard.CLIENT + "&sentinel-password=tr0ub4dor")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("sentinel-password")
                .hasMessageContaining(RedisGuard.CLIENT);
        assertThat(refusal(url(RedisGuard.SERVERS, tls)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("sentinel-password");
    }

    @Test
    void aWrongPasswordOfTheServersIsSaidToBeTheirs() {
        assertThat(refusal(url("tr0ub4dor", redis.guard().options())))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("password of the default user");
    }

    @Test
    void withoutTlsOrTrustTheSentinelsAreNotReached() {
        String account = "sentinel-user=" + RedisGuard.CLIENT + "&sentinel-password=" + RedisGuard.CLIENT_PASSWORD;
        assertThat(refusal(url(RedisGuard.SERVERS, account + "&sentinel-tls")))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("sentinel")
                .hasMessageContaining("TLS");
        assertThat(refusal(url(RedisGuard.SERVERS, account)))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("sentinel");
    }
}
