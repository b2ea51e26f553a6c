package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A watch of one entry by itself, which ends with each change and is set again. */
class NodeFollowerTest {

    private static ZooKeeperServer server;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(Store store, String directory, int value) {
        commit(store, Commit.in(directory).put("a", Bytes.utf8("" + value)).build());
    }

    private static void delete(Store store, String directory) {
        commit(store, Commit.in(directory).delete("a").build());
    }

    private static void commit(Store store, Commit commit) {
        assertThat(store.commit(commit, Patience.deadline()).isApplied()).isTrue();
    }

    private static WatchRecorder watch(Store store, String directory) {
        WatchRecorder recorder = new WatchRecorder();
        recorder.closesWith(store.watch(directory, WatchOptions.names("a"), recorder));
        return recorder.awaitListed();
    }

    @Test
    void tellsOfComingChangingGoingAndComingBack() {
        String directory = "follower/a";
        try (Store store = Store.open(server.url());
                Store other = Store.open(server.url());
                WatchRecorder watch = watch(other, directory)) {
            for (int i = 0; i < 3; i++) {
                put(store, directory, i);
                watch.awaitNames("a");
                put(store, directory, i + 10);
                watch.awaitStateOf(store, directory);
                delete(store, directory);
                watch.awaitNames();
            }
        }
    }

    @Test
    void endsOnThePresentStateHoweverFastThatChanges() {
        String directory = "follower/fast";
        try (Store store = Store.open(server.url());
                Store other = Store.open(server.url());
                WatchRecorder watch = watch(other, directory)) {
            for (int i = 0; i < 300; i++) {
                put(store, directory, i);
                if (i % 3 > 0) {
                    delete(store, directory);
                }
                if (i % 50 == 0) {
                    watch.awaitStateOf(store, directory);
                }
            }
            put(store, directory, 1_000);
            watch.awaitStateOf(store, directory);
        }
    }

    @Test
    void showsWhatWasReplacedWhileItsConnectionWasCut() {
        String directory = "follower/cut";
        try (Store store = Store.open(server.url());
                FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
                Store other = Store.open("zookeeper://" + proxy.address());
                WatchRecorder watch = watch(other, directory)) {
            put(store, directory, 1);
            watch.awaitNames("a");
            proxy.refuse();
            proxy.cut();
            delete(store, directory);
            put(store, directory, 2);
            proxy.pass();
            watch.awaitStateOf(store, directory);
            delete(store, directory);
            watch.awaitNames();
        }
    }

    @Test
    void hundredsGoOnWhenTheConnectionIsBack() {
        String directory = "follower/many";
        try (Store store = Store.open(server.url());
                FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
                Store other = Store.open("zookeeper://" + proxy.address())) {
            Set<String> seen = ConcurrentHashMap.newKeySet();
            Set<String> names = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                String name = "n" + i;
                names.add(name);
                other.watch(directory, WatchOptions.names(name), event -> {
                    boolean there = event instanceof WatchEvent.Listed listed
                            ? listed.listing().find(name).isPresent()
                            : !((WatchEvent.Changed) event).puts().isEmpty();
                    if (there) {
                        seen.add(name);
                    }
                });
            }
            proxy.cut();
            names.forEach(name ->
                    commit(store, Commit.in(directory).put(name, Bytes.EMPTY).build()));
            Patience.await("all to be told")
                    .untilAsserted(() -> assertThat(seen).isEqualTo(names));
        }
    }
}
