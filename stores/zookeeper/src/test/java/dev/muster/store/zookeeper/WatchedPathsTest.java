package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server itself holds of watches, as it counts them. */
class WatchedPathsTest {

    /** More than a directory is followed after its last watch. */
    private static final Duration LONG = Duration.ofSeconds(15);

    private static ZooKeeperServer server;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static int watchesInServer() {
        try {
            String total = server.ask("wchs")
                    .lines()
                    .filter(line -> line.startsWith("Total watches:"))
                    .findFirst()
                    .orElseThrow();
            return Integer.parseInt(total.substring(total.indexOf(':') + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitWatchesInServer(int count) {
        Patience.await(count + " watches in the server", LONG).until(() -> watchesInServer() == count);
    }

    private static WatchRecorder watchEntry(Store store, String directory) {
        WatchRecorder recorder = new WatchRecorder();
        recorder.closesWith(store.watch(directory, WatchOptions.names("a"), recorder));
        return recorder.awaitListed();
    }

    private static void put(Store store, String directory, String value) {
        Commit commit = Commit.in(directory).put("a", Bytes.utf8(value)).build();
        assertThat(store.commit(commit, Patience.deadline()).isApplied()).isTrue();
    }

    @Test
    void aWatchThatIsClosedIsLetGoByTheServer() {
        try (Store store = Store.open(server.url())) {
            put(store, "ended", "1");
            int before = watchesInServer();
            try (WatchRecorder directory = WatchRecorder.of(store, "ended");
                    WatchRecorder entry = watchEntry(store, "ended")) {
                directory.awaitNames("a");
                entry.awaitNames("a");
                assertThat(watchesInServer()).isGreaterThan(before);
            }
            awaitWatchesInServer(before);
        }
    }

    @Test
    void aWatchThatIsClosedBeforeItHasBegunIsLetGoByTheServer() {
        try (Store store = Store.open(server.url())) {
            put(store, "early", "1");
            int before = watchesInServer();
            for (int i = 0; i < 20; i++) {
                Watch watch = store.watch("early", WatchOptions.names("a"), new Ignoring());
                watch.close();
            }
            awaitWatchesInServer(before);
        }
    }

    @Test
    void theOthersOfOnePathGoOnWhenOneIsClosed() {
        try (Store store = Store.open(server.url());
                Store other = Store.open(server.url())) {
            put(store, "shared", "0");
            try (WatchRecorder stays = watchEntry(other, "shared")) {
                for (int i = 1; i <= 50; i++) {
                    watchEntry(other, "shared").close();
                    put(store, "shared", "" + i);
                    stays.awaitStateOf(store, "shared");
                }
            }
        }
    }

    @Test
    void aDirectoryThatIsWatchedAgainAsSoonAsItWasLetGoIsFollowed() {
        try (Store store = Store.open(server.url());
                Store other = Store.open(server.url())) {
            put(store, "again", "0");
            int before = watchesInServer();
            WatchRecorder.of(other, "again").awaitListed().close();
            Patience.await("the end of lingering", LONG).until(() -> watchesInServer() == before);
            try (WatchRecorder again = WatchRecorder.of(other, "again")) {
                put(store, "again", "1");
                again.awaitStateOf(store, "again");
            }
        }
    }

    private static final class Ignoring implements WatchListener {
        @Override
        public void onEvent(dev.muster.store.WatchEvent event) {}

        @Override
        public void onEnd(dev.muster.store.MusterException cause) {}
    }
}
