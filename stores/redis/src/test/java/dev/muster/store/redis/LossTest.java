package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisSentinels;
import dev.muster.servers.RedisServer;
import dev.muster.servers.RedisTlsServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import dev.muster.store.Trait;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.testkit.Patience;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What becomes of sessions, watches and revisions when a server forgets, restarts, or another takes its place. */
class LossTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** A second, and some more for a machine that is busy. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static final String PATH = "locks/a";

    /** Commits again until it is known to have applied. */
    private static long apply(Store store, String name) {
        long[] revision = new long[1];
        Patience.await("a commit", Duration.ofSeconds(30)).until(() -> {
            Commit commit = Commit.in(PATH).put(name, Bytes.utf8("1")).build();
            try {
                revision[0] = ((CommitResult.Applied) store.commit(commit, DEADLINE)).revision();
                return true;
            } catch (ConnectionException | TimeoutException e) {
                return false;
            } catch (OutcomeUnknownException e) {
                Settlement settled = store.settle(commit).join();
                revision[0] = settled instanceof Settlement.Applied applied ? applied.revision() : 0;
                return revision[0] > 0;
            }
        });
        return revision[0];
    }

    /** Follows the directory. */
    private static AtomicReference<Listing> follow(Store store) {
        DirectoryState state = new DirectoryState();
        AtomicReference<Listing> seen = new AtomicReference<>(new Listing(0, List.of()));
        store.watch(PATH, WatchOptions.ALL, (WatchEvent event) -> {
            state.follow(event);
            seen.set(state.listing());
        });
        return seen;
    }

    private static void awaitCurrent(Store store, AtomicReference<Listing> seen) {
        Patience.await("a watch that shows what is there", Duration.ofSeconds(15))
                .until(() ->
                        seen.get().entries().equals(store.list(PATH, DEADLINE).entries()));
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
            AtomicReference<Listing> seen = follow(other);
            Session session = open(store, "own");
            long before = apply(store, "free");
            awaitCurrent(other, seen);
            try (Jedis jedis = new Jedis(URI.create(server.url()))) {
                jedis.flushAll();
            }
            Patience.await("the loss of the session", SOON).until(() -> session.state() == Session.State.LOST);
            assertThat(session.mayOwn()).isFalse();
            assertThat(store.list(PATH, DEADLINE).entries()).isEmpty();
            awaitCurrent(other, seen);
            assertThat(apply(other, "new")).isGreaterThan(before);
            awaitCurrent(other, seen);
            open(store, "again");
            awaitCurrent(other, seen);
        }
    }

    @Test
    void aRestartWithItsDataKeepsSessionsAndEntries() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url())) {
            AtomicReference<Listing> seen = follow(store);
            Session session = open(store, "own");
            long before = apply(store, "free");
            server.restart();
            assertThat(apply(store, "more")).isGreaterThan(before);
            assertThat(session.mayOwn()).isTrue();
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("own", "free", "more");
            awaitCurrent(store, seen);
        }
    }

    @Test
    void aRestartWithoutDataLosesSessionsAndNoTokenEverGoesBack() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url())) {
            AtomicReference<Listing> seen = follow(store);
            Session session = open(store, "own");
            long before = apply(store, "free");
            server.restartEmpty();
            Patience.await("the loss of the session", SOON).until(() -> session.state() == Session.State.LOST);
            assertThat(apply(store, "new")).isGreaterThan(before);
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("new");
            awaitCurrent(store, seen);
        }
    }

    @Test
    void aFailOverIsWaitedForAndWhatItKeptIsStillOwned() {
        try (RedisSentinels redis = RedisSentinels.start();
                Store store = Store.open(redis.url());
                Store other = Store.open(redis.url())) {
            assertThat(store.traits()).doesNotContain(Trait.LEASE_SAFE, Trait.LINEARIZABLE);
            AtomicReference<Listing> seen = follow(other);
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
            awaitCurrent(other, seen);
        }
    }

    /** As a primary that a fail-over made of a lagging replica: it has a prefix of what was acknowledged. */
    @Test
    void aSessionThatLostAnAcknowledgedCommitIsLostAndTheOthersGoOn() {
        try (RedisServer server = RedisServer.start("--appendonly", "no");
                Store store = Store.open(server.url())) {
            AtomicReference<Listing> seen = follow(store);
            Session kept = open(store, "kept");
            apply(store, "free");
            try (Jedis jedis = new Jedis(URI.create(server.url()))) {
                jedis.save();
            }
            Session lost = open(store, "lost");
            long before = apply(store, "gone");
            awaitCurrent(store, seen);
            server.kill();
            server.restart();
            assertThat(apply(store, "after")).isGreaterThan(before);
            Patience.await("the loss of the session").until(() -> lost.state() == Session.State.LOST);
            assertThat(kept.mayOwn()).isTrue();
            assertThat(store.list(PATH, DEADLINE).names()).containsExactly("kept", "free", "after");
            awaitCurrent(store, seen);
        }
    }

    @Test
    void overTlsAllWorksAsWithout() {
        try (RedisTlsServer server = RedisTlsServer.start();
                Store store = Store.open(server.url() + "&cert="
                        + server.certificates().client("app").certificate() + "&key="
                        + server.certificates().client("app").key())) {
            AtomicReference<Listing> seen = follow(store);
            Session session = open(store, "own");
            apply(store, "free");
            awaitCurrent(store, seen);
            session.close();
            awaitCurrent(store, seen);
            assertThat(seen.get().names()).containsExactly("free");
        }
    }
}
