package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Nonce;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many clients, each with a session and a watch, do not stampede when their server was restarted: each lists the directory
 * that it watches a few times at most, not all at the same moment, and comes to show the present state. An engine's test
 * class subclasses this. Listings are counted where they count: among the bytes that each client sends to the server.
 */
public abstract class HerdContract {

    private static final int CLIENTS = 200;
    private static final int ENTRIES = 5;
    private static final int MOST_LISTINGS = 3;
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final Duration SPREAD = Duration.ofMillis(50);
    private static final Duration HEALING = Duration.ofMinutes(3);

    /** The way to the server. */
    protected abstract Link link();

    /** Stops the server, and starts it with the data that it had. */
    protected abstract void restartServer();

    /** What a request that lists this directory has in it, and no other request: one of these, once. */
    protected abstract List<byte[]> listingOf(String directory);

    private final String directory = "herd-" + Nonce.next();

    /** One client behind a proxy of its own, and when it listed. */
    private final class Client implements AutoCloseable {

        private final FaultProxy proxy;
        private final Store store;
        private final WatchRecorder recorder = new WatchRecorder();
        private final Queue<Long> listings = new ConcurrentLinkedQueue<>();

        Client(Link link) {
            proxy = FaultProxy.to(link.servers());
            List<byte[]> patterns = listingOf(directory);
            proxy.onRequests(chunk -> {
                for (byte[] pattern : patterns) {
                    for (int i = 0; i < occurrences(chunk, pattern); i++) {
                        listings.add(System.nanoTime());
                    }
                }
            });
            // So many at once on one machine may be too much for it for a moment.
            store = Retrying.get(
                    "one of many clients",
                    HEALING,
                    () -> Store.open(link.urlAt().apply(proxy.address())));
            Retrying.get(
                    "one of many sessions", HEALING, () -> store.openSession(new SessionOptions(SESSION), HEALING));
            recorder.closesWith(store.watch(directory, WatchOptions.ALL, recorder));
        }

        boolean shows(String name) {
            return recorder.view().find(name).isPresent();
        }

        @Override
        public void close() {
            store.close();
            proxy.close();
        }
    }

    private static int occurrences(byte[] chunk, byte[] pattern) {
        String text = new String(chunk, StandardCharsets.ISO_8859_1);
        String wanted = new String(pattern, StandardCharsets.ISO_8859_1);
        int count = 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
            count++;
        }
        return count;
    }

    private void put(Store store, String name) {
        Retrying.apply(store, () -> Commit.in(directory).put(name, Bytes.utf8("1")), HEALING);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyClientsListAFewTimesEachAfterARestart() {
        Link link = link();
        List<Client> clients = new ArrayList<>();
        try (Store near = Store.open(link.urlAt().apply(String.join(",", link.servers())))) {
            for (int i = 0; i < ENTRIES; i++) {
                put(near, "e" + i);
            }
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(link));
            }
            awaitAll(clients, "e" + (ENTRIES - 1));
            assertThat(clients)
                    .as("clients that listed when they began to watch")
                    .allMatch(one -> !one.listings.isEmpty());
            clients.forEach(one -> one.listings.clear());
            long restarted = System.nanoTime();
            restartServer();
            put(near, "after");
            awaitAll(clients, "after");
            report(near.engine(), clients, System.nanoTime() - restarted);
        } finally {
            clients.forEach(Client::close);
        }
    }

    private static void awaitAll(List<Client> clients, String name) {
        Patience.await("all watches show " + name, HEALING)
                .until(() -> clients.stream().allMatch(client -> client.shows(name)));
    }

    private static void report(String engine, List<Client> clients, long nanos) {
        int most = clients.stream()
                .mapToInt(client -> client.listings.size())
                .max()
                .orElseThrow();
        List<Long> times = clients.stream()
                .flatMap(client -> client.listings.stream())
                .sorted()
                .toList();
        // An engine whose watches go on from where they were need not list at all.
        long spread = times.isEmpty() ? 0 : times.get(times.size() * 19 / 20) - times.get(times.size() / 20);
        System.out.printf(
                "herd: | %s | %d clients | %d listings, at most %d each | nine in ten within %d ms | all current after"
                        + " %d ms |%n",
                engine,
                clients.size(),
                times.size(),
                most,
                TimeUnit.NANOSECONDS.toMillis(spread),
                TimeUnit.NANOSECONDS.toMillis(nanos));
        assertThat(most).as("listings of one client").isLessThanOrEqualTo(MOST_LISTINGS);
        if (!times.isEmpty()) {
            assertThat(Duration.ofNanos(spread))
                    .as("time that the listings are spread over")
                    .isGreaterThan(SPREAD);
        }
        clients.forEach(client -> client.recorder.verify());
    }
}
