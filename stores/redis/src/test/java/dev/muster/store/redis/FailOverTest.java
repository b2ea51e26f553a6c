package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisSentinels;
import dev.muster.servers.RedisServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What clients with sessions find when another server becomes the primary, however the old one went. */
class FailOverTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Of the sentinels: a second until they miss the primary, then their election; the rest is the clients'. */
    private static final Duration MOVED = Duration.ofSeconds(15);

    private static final String PATH = "locks/a";

    private static void own(Store store, Session session, String name) {
        Commit own = Commit.in(PATH).as(session).putOwned(name, Bytes.utf8("1")).build();
        assertThat(store.commit(own, DEADLINE).isApplied()).isTrue();
    }

    private static Session open(Store store) {
        return store.openSession(new SessionOptions(Duration.ofSeconds(30)), DEADLINE);
    }

    private static long apply(Store store, String name) {
        return Retrying.apply(store, () -> Commit.in(PATH).put(name, Bytes.utf8("1")), MOVED);
    }

    /** Whoever believes in a session finds what it owns. */
    private static void assertLostOrThere(Session session, Listing there, String name) {
        boolean found = there.find(name)
                .filter(entry -> session.id().equals(entry.ownerId()))
                .isPresent();
        if (!found) {
            Patience.await("the loss of a session whose commit was lost")
                    .until(() -> session.state() == Session.State.LOST);
        }
    }

    @Test
    void aStoppedPrimaryIsLeftWithinSecondsAndTokensRise() {
        try (RedisSentinels redis = RedisSentinels.start();
                Store store = Store.open(redis.url())) {
            Session session = open(store);
            own(store, session, "own");
            long before = apply(store, "before");
            RedisServer old = redis.primary();
            old.process().pause();
            assertThat(apply(store, "after")).isGreaterThan(before);
            assertLostOrThere(session, store.list(PATH, DEADLINE), "own");
            old.process().resume();
            redis.awaitPrimaryOtherThan(old);
            assertThat(apply(store, "later")).isGreaterThan(before);
        }
    }

    @Test
    void aKilledPrimaryIsLeftWithinSecondsAndTokensRise() {
        try (RedisSentinels redis = RedisSentinels.start();
                Store store = Store.open(redis.url())) {
            Session session = open(store);
            own(store, session, "own");
            long before = apply(store, "before");
            redis.primary().kill();
            assertThat(apply(store, "after")).isGreaterThan(before);
            assertLostOrThere(session, store.list(PATH, DEADLINE), "own");
        }
    }

    /** It goes on serving those who are connected, and what it acknowledges to them will be lost. */
    @Test
    void aPrimaryCutOffFromItsSentinelsIsLeftAndWhoLostACommitThereIsLost() {
        try (RedisSentinels redis = RedisSentinels.startGuarded();
                Store store = Store.open(redis.url())) {
            Session early = open(store);
            own(store, early, "early");
            RedisServer old = redis.primary();
            redis.cutOff(old);
            redis.awaitPrimaryOtherThan(old);
            Session late = open(store);
            own(store, late, "late");
            long[] last = {apply(store, "at-either")};
            try (Store other = Store.open(redis.url())) {
                Patience.await("the move to the new primary", MOVED).until(() -> {
                    long next = apply(store, "seen");
                    assertThat(next).isGreaterThan(last[0]);
                    last[0] = next;
                    return other.list(PATH, DEADLINE)
                            .find("seen")
                            .filter(entry -> entry.modified() == next)
                            .isPresent();
                });
                Listing there = other.list(PATH, DEADLINE);
                assertLostOrThere(early, there, "early");
                assertLostOrThere(late, there, "late");
                assertThat(apply(other, "more")).isGreaterThan(last[0]);
            }
        }
    }
}
