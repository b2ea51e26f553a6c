package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisSentinels;
import dev.muster.servers.RedisServer;
import dev.muster.servers.RedisTlsServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import dev.muster.store.testkit.WatchRecorder;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What becomes of sessions, watches and revisions when a server forgets, restarts, or another takes its place. */
class LossTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** A second, and some more for a machine that is busy. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static final String PATH = "locks/a";

    private static long apply(Store store, String name) {
        return Retrying.apply(store, () -> Commit.in(PATH).put(name, Bytes.utf8("1")));
    }

    private static Session open(Store store, String name) {
        Session session = store.openSession(new SessionOptions(Duration.ofSeconds(20)), DEADLINE);
        Commit own = Commit.in(PATH).as(session).putOwned(name, Bytes.utf8("1")).build();
        assertThat(store.commit(own, DEADLINE).isApplied()).isTrue();
        return session;
    }

    @Test
    void afterFlushAllSessionsAreLostRevisionsRiseAndWatchesAreCurrent() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url());
                Store other = Store.open(server.url())) {
            WatchRecorder seen = WatchRecorder.of(other, PATH);
            Session session = open(store, "own");
            long before = apply(store, "free");
            seen.awaitStateOf(other, PATH);
            try (Jedis jedis = new Jedis(URI.create(server.url()))) {
                jedis.flushAll();
            }
            Patience.await("the loss of the session", SOON).until(() -> session.state() == Session.State.LOST);
            assertThat(session.mayOwn()).isFalse();
            assertThat(store.list(PATH, DEADLINE).entries()).isEmpty();
            seen.awaitStateOf(other, PATH);
            assertThat(apply(other, "new")).isGreaterThan(before);
            seen.awaitStateOf(other, PATH);
            open(store, "again");
            seen.awaitStateOf(other, PATH);
        }
    }

    @Test
    void aRestartWithItsDataKeepsSessionsAndEntries() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url())) {
            WatchRecorder seen = WatchRecorder.of(store, PATH);
            Session session = open(store, "own");
            long before = apply(store, "free");
            server.restart();
            assertThat(apply(store, "more")).isGreaterThan(before);
            assertThat(session.mayOwn()).isTrue();
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("own", "free", "more");
            seen.awaitStateOf(store, PATH);
        }
    }

    @Test
    void aRestartWithoutDataLosesSessionsAndNoTokenEverGoesBack() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url())) {
            WatchRecorder seen = WatchRecorder.of(store, PATH);
            Session session = open(store, "own");
            long before = apply(store, "free");
            server.restartEmpty();
            Patience.await("the loss of the session", SOON).until(() -> session.state() == Session.State.LOST);
            assertThat(apply(store, "new")).isGreaterThan(before);
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("new");
            seen.awaitStateOf(store, PATH);
        }
    }

    @Test
    void aFailOverIsWaitedForAndWhatItKeptIsStillOwned() {
        try (RedisSentinels redis = RedisSentinels.start();
                Store store = Store.open(redis.url());
                Store other = Store.open(redis.url())) {
            assertThat(store.traits()).doesNotContain(Trait.LEASE_SAFE, Trait.LINEARIZABLE);
            WatchRecorder seen = WatchRecorder.of(other, PATH);
            Session session = open(store, "own");
            long before = apply(store, "free");
            Entry own = store.list(PATH, DEADLINE).find("own").orElseThrow();
            RedisServer old = redis.primary();
            old.kill();
            assertThat(apply(store, "after")).isGreaterThan(before);
            assertThat(redis.awaitPrimaryOtherThan(old)).isNotSameAs(old);
            if (session.mayOwn()) {
                assertThat(store.list(PATH, DEADLINE).find("own")).contains(own);
            }
            assertThat(apply(other, "more")).isGreaterThan(before);
            seen.awaitStateOf(other, PATH);
        }
    }

    /** As a primary that a fail-over made of a lagging replica: it has a prefix of what was acknowledged. */
    @Test
    void aSessionThatLostAnAcknowledgedCommitIsLostAndTheOthersGoOn() {
        try (RedisServer server = RedisServer.start("--appendonly", "no");
                Store store = Store.open(server.url())) {
            WatchRecorder seen = WatchRecorder.of(store, PATH);
            Session kept = open(store, "kept");
            apply(store, "free");
            try (Jedis jedis = new Jedis(URI.create(server.url()))) {
                jedis.save();
            }
            Session lost = open(store, "lost");
            long before = apply(store, "gone");
            seen.awaitStateOf(store, PATH);
            server.kill();
            server.restart();
            assertThat(apply(store, "after")).isGreaterThan(before);
            Patience.await("the loss of the session").until(() -> lost.state() == Session.State.LOST);
            assertThat(kept.mayOwn()).isTrue();
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("kept", "free", "after");
            seen.awaitStateOf(store, PATH);
        }
    }

    @Test
    void overTlsAllWorksAsWithout() {
        try (RedisTlsServer server = RedisTlsServer.start();
                Store store = Store.open(server.url() + "&cert="
                        + server.certificates().client("app").certificate() + "&key="
                        + server.certificates().client("app").key())) {
            WatchRecorder seen = WatchRecorder.of(store, PATH);
            Session session = open(store, "own");
            apply(store, "free");
            seen.awaitStateOf(store, PATH);
            session.close();
            seen.awaitStateOf(store, PATH);
            seen.awaitNames("free");
        }
    }
}
