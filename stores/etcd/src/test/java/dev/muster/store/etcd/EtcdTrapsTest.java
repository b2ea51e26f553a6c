package dev.muster.store.etcd;

import static dev.muster.store.testkit.Retrying.apply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What others do to the keys, leases and processes of a store, and what it costs the server. */
class EtcdTrapsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    @Test
    void aLeaseThatIsRevokedFromOutsideIsKnownToBeLostAtOnce() {
        try (Store store = Store.open(EtcdServer.shared(EtcdRelease.INSTALLED).url())) {
            for (int round = 0; round < 3; round++) {
                Session session = store.openSession(new SessionOptions(Duration.ofSeconds(60)), DEADLINE);
                apply(store, () -> Commit.in("revoked").as(session).putOwned("a", Bytes.utf8("1")));
                Patience.pass("some time for the watch of the lease to begin", Duration.ofMillis(500));
                ((EtcdStore) store).expire(session);
                long start = System.nanoTime();
                Patience.await("the loss of the session").until(() -> session.state() == Session.State.LOST);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("from the end of the lease to the session's, of which a heartbeat is due each 7.5 s")
                        .isLessThan(Patience.scaled(Duration.ofSeconds(1)));
                assertThat(session.mayOwn()).isFalse();
            }
        }
    }

    @Test
    void aProcessThatWasStoppedBeyondItsLeaseIsToldOfTheLossWithin100MillisecondsOfItsResumption() {
        EtcdServer server = EtcdServer.shared(EtcdRelease.INSTALLED);
        List<Long> times = new ArrayList<>();
        try (Store store = Store.open(server.url())) {
            for (int round = 0; round < 3; round++) {
                String directory = "stopped/" + round;
                try (ChildProcess owner = ChildProcess.start(StoppedOwner.class, server.url(), directory)) {
                    assertThat(owner.answer()).isEqualTo("owns");
                    owner.stop();
                    Patience.await("the end of the lease", Duration.ofSeconds(20))
                            .until(() -> store.list(directory, DEADLINE).names().isEmpty());
                    long resumed = System.nanoTime();
                    owner.resume();
                    times.add((Long.parseLong(owner.answer()) - resumed) / 1_000_000);
                }
            }
        }
        // Of three, since the processors are not ours alone.
        assertThat(times.stream().sorted().toList().get(1))
                .as("milliseconds from SIGCONT to the news of the loss, of " + times)
                .isLessThanOrEqualTo(100);
    }

    @Test
    void aStoreThatIsDeletedWhileItIsUsedIsAnotherOneWithGreaterRevisions() throws IOException {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED);
                Store store = Store.open(server.url())) {
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(30)), DEADLINE);
            long before = apply(store, () -> Commit.in("d").as(session).putOwned("a", Bytes.utf8("1")));
            WatchRecorder seen = WatchRecorder.of(store, "d");
            seen.awaitNames("a");
            server.ask(
                    "/v3/kv/deleterange",
                    "{\"key\":\"" + base64("muster/") + "\",\"range_end\":\"" + base64("muster0") + "\"}");
            Patience.await("the session is lost").until(() -> session.state() == Session.State.LOST);
            assertThat(session.mayOwn()).isFalse();
            seen.awaitNames();
            long after = apply(store, () -> Commit.in("d").put("b", Bytes.utf8("1")));
            assertThat(after).isGreaterThan(before);
            seen.awaitNames("b");
            assertThat(seen.events())
                    .as("a fresh listing")
                    .anyMatch(event -> event instanceof WatchEvent.Listed listed && listed.fresh());
            try (Session next = store.openSession(SessionOptions.DEFAULT, DEADLINE)) {
                assertThat(apply(store, () -> Commit.in("d").as(next).putOwned("c", Bytes.utf8("1"))))
                        .isGreaterThan(after);
            }
        }
    }

    @Test
    void aClientOfTheStoreBeforeCommitsNothingToTheOneThatWasMadeInItsPlace() throws IOException {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED);
                Store old = Store.open(server.url())) {
            long before = apply(old, () -> Commit.in("d").put("a", Bytes.utf8("1")));
            server.ask("/v3/kv/deleterange", "{\"key\":\"" + base64("muster/store") + "\"}");
            try (Store next = Store.open(server.url())) {
                assertThatThrownBy(() -> old.commit(
                                Commit.in("d").put("b", Bytes.utf8("1")).build(), DEADLINE))
                        .isInstanceOf(ConnectionException.class)
                        .hasMessageContaining("replaced");
                assertThat(next.list("d", DEADLINE).names()).containsExactly("a");
                assertThat(apply(old, () -> Commit.in("d").put("c", Bytes.utf8("1"))))
                        .isGreaterThan(before);
                assertThat(next.list("d", DEADLINE).names()).containsExactly("a", "c");
            }
        }
    }

    @Test
    void theServerHasOneWatchForEachClientAndDirectoryAndOneForEachSession() throws IOException {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED);
                Store store = Store.open(server.url());
                Store other = Store.open(server.url())) {
            AtomicInteger listings = new AtomicInteger();
            List<Watch> watches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                WatchOptions options = i % 2 == 0 ? WatchOptions.ALL : WatchOptions.names("n" + i);
                watches.add(store.watch("a", options, event -> listings.incrementAndGet()));
            }
            watches.add(store.watch("b", WatchOptions.ALL, event -> listings.incrementAndGet()));
            watches.add(other.watch("a", WatchOptions.ALL, event -> listings.incrementAndGet()));
            Patience.await("the listings").until(() -> listings.get() == 22);
            assertThat(watchers(server)).isEqualTo(3);
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            Patience.await("the session's own").until(() -> watchers(server) == 4);
            session.close();
            Patience.await("its end").until(() -> watchers(server) == 3);
            // Those who come back find it open.
            watches.forEach(Watch::close);
            store.watch("a", WatchOptions.ALL, event -> listings.incrementAndGet());
            Patience.await("the listing").until(() -> listings.get() == 23);
            Patience.await("the end of what nobody uses", Watches.LINGER.plusSeconds(10))
                    .until(() -> watchers(server) == 1);
        }
    }

    private static int watchers(EtcdServer server) throws IOException {
        return server.ask("/metrics", null)
                .lines()
                .filter(line -> line.startsWith("etcd_debugging_mvcc_watcher_total "))
                .map(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLimitOnNamesIsExceededOnlyByTheFirstCommitOfAClientThatDoesNotKnow() {
        try (Store store = Store.open(EtcdServer.shared(EtcdRelease.INSTALLED).url());
                Store other =
                        Store.open(EtcdServer.shared(EtcdRelease.INSTALLED).url())) {
            int each = store.limits().commitChanges();
            int most = store.limits().directoryNameBytes() / store.limits().nameBytes();
            for (int from = 0; from < most; from += each) {
                put(store, from, Math.min(from + each, most));
            }
            assertThatThrownBy(() -> put(store, most, most + 1)).isInstanceOf(InvalidArgument.class);
            put(other, most, most + 1);
            assertThatThrownBy(() -> put(other, most + 1, most + 2)).isInstanceOf(InvalidArgument.class);
            delete(other, 0, 2);
            put(other, 0, 1);
            assertThatThrownBy(() -> put(other, 1, 2)).isInstanceOf(InvalidArgument.class);
            for (int from = 0; from <= most; from += each) {
                delete(store, from, Math.min(from + each, most + 1));
            }
            assertThat(store.list("many", DEADLINE).entries()).isEmpty();
        }
    }

    private static void put(Store store, int from, int to) {
        apply(store, () -> {
            Commit.Builder commit = Commit.in("many");
            IntStream.range(from, to).forEach(i -> commit.put(name(i), Bytes.EMPTY));
            return commit;
        });
    }

    private static void delete(Store store, int from, int to) {
        apply(store, () -> {
            Commit.Builder commit = Commit.in("many");
            IntStream.range(from, to).forEach(i -> commit.delete(name(i)));
            return commit;
        });
    }

    /** As long as a name may be. */
    private static String name(int i) {
        return String.format("%0128d", i);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Bytes.utf8(text).toByteArray());
    }
}
