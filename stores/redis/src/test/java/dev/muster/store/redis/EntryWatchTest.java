package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import dev.muster.store.testkit.WatchRecorder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Who watches one entry is told of that entry alone, by a channel of its client. */
class EntryWatchTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String PATH = "locks/a";
    private static final String CHANNELS = "{muster}:w0:";

    private final RedisServer server = RedisServer.start();
    private final Store store = Store.open(server.url());
    private final Store other = Store.open(server.url());
    private final Jedis redis = new Jedis(URI.create(server.url()));

    @AfterEach
    void close() {
        redis.close();
        store.close();
        other.close();
        server.close();
    }

    private void put(String name) {
        Retrying.apply(other, () -> Commit.in(PATH).put(name, Bytes.utf8("1")));
    }

    private void delete(String name) {
        Retrying.apply(other, () -> Commit.in(PATH).delete(name));
    }

    private static WatchRecorder watch(Store store, String name) {
        WatchRecorder recorder = new WatchRecorder();
        recorder.closesWith(store.watch(PATH, WatchOptions.names(name), recorder));
        recorder.awaitListed();
        return recorder;
    }

    private long listeners(String path) {
        return redis.pubsubNumSub(CHANNELS + path).get(CHANNELS + path);
    }

    @Test
    void itIsToldOfItsEntryAndHearsNothingOfOthers() {
        put("own");
        try (WatchRecorder watch = watch(store, "own")) {
            put("another");
            assertThat(listeners(PATH)).isZero();
            put("own");
            watch.awaitNames("own");
            delete("own");
            watch.awaitNames();
            assertThat(watch.events()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void anEntryThatIsNotThereIsToldWhenItComesAndGoesAndComes() {
        try (WatchRecorder watch = watch(store, "late")) {
            Patience.await("a watch of the directory").until(() -> listeners(PATH) == 1);
            put("late");
            watch.awaitNames("late");
            delete("late");
            watch.awaitNames();
        }
        put("own");
        try (WatchRecorder watch = watch(store, "own")) {
            delete("own");
            watch.awaitNames();
            put("own");
            watch.awaitNames("own");
        }
    }

    @Test
    void whoIsNotedInARecordIsNoPartOfTheEntry() {
        Session session = store.openSession(new SessionOptions(Duration.ofSeconds(20)), DEADLINE);
        Commit owned = Commit.in(PATH)
                .as(session)
                .putOwned("own", Bytes.utf8("a !b c"))
                .build();
        assertThat(store.commit(owned, DEADLINE).isApplied()).isTrue();
        try (WatchRecorder watch = watch(other, "own");
                WatchRecorder second = watch(store, "own")) {
            assertThat(other.list(PATH, DEADLINE).find("own").orElseThrow())
                    .satisfies(entry -> assertThat(entry.owner()).contains(session.id()))
                    .satisfies(entry -> assertThat(entry.value()).isEqualTo(Bytes.utf8("a !b c")));
            session.close();
            watch.awaitNames();
            second.awaitNames();
        }
    }

    @Test
    void whatChangesWhileTheConnectionIsGoneIsSeenAfterwards() {
        put("own");
        try (WatchRecorder watch = watch(store, "own")) {
            for (int i = 0; i < 5; i++) {
                redis.clientKill(new ClientKillParams().type(ClientType.PUBSUB));
                delete("own");
                watch.awaitNames();
                redis.clientKill(new ClientKillParams().type(ClientType.PUBSUB));
                put("own");
                watch.awaitNames("own");
            }
            redis.flushAll();
            watch.awaitNames();
            put("own");
            watch.awaitNames("own");
        }
    }

    @Test
    void anEntryThatManyWatchTellsThemAll() {
        put("own");
        List<Store> stores = new ArrayList<>();
        List<WatchRecorder> watches = new ArrayList<>();
        try {
            for (int i = 0; i < 24; i++) {
                stores.add(Store.open(server.url()));
                watches.add(watch(stores.get(i), "own"));
            }
            delete("own");
            watches.forEach(WatchRecorder::awaitNames);
        } finally {
            watches.forEach(WatchRecorder::close);
            stores.forEach(Store::close);
        }
    }

    @Test
    void manyWatchesOneAfterAnotherLeaveOneSubscription() {
        for (int i = 0; i < 50; i++) {
            put("own-" + i);
            try (WatchRecorder watch = watch(store, "own-" + i)) {
                delete("own-" + i);
                watch.awaitNames();
            }
        }
        assertThat(redis.pubsubChannels(CHANNELS + "*")).hasSizeLessThanOrEqualTo(2);
    }
}
