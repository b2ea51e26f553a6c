package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds while several clients commit, list and watch at the same time. */
abstract class ConcurrencyPromises extends Promises {

    private static final int CLIENTS = 4;

    ConcurrencyPromises(StoreContract engine) {
        super(engine);
    }

    private List<Store> clients() {
        List<Store> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(open());
        }
        return clients;
    }

    private interface Work {
        void run(Store client, int number) throws Exception;
    }

    private void each(Work work) {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (Store client : clients()) {
            int number = tasks.size();
            tasks.add(() -> {
                work.run(client, number);
                return number;
            });
        }
        Concurrently.call(tasks);
    }

    @Test
    void noUpdateIsLostUnderTheGuardOfTheRevisionThatWasRead() {
        apply(in().put("count", text("0")));
        Set<Long> revisions = ConcurrentHashMap.newKeySet();
        each((client, number) -> {
            for (int done = 0; done < 100; ) {
                Entry seen = list(client, directory).find("count").orElseThrow();
                Bytes next = text("" + (Integer.parseInt(seen.value().utf8()) + 1));
                CommitResult result = commit(
                        client,
                        in().at("count", seen.modified()).put("count", next).build());
                if (result instanceof CommitResult.Applied applied) {
                    done++;
                    assertThat(revisions.add(applied.revision())).isTrue();
                }
            }
        });
        assertThat(entry("count").value().utf8()).isEqualTo("" + 100 * CLIENTS);
    }

    @Test
    void ofThoseWhoFindANameAbsentExactlyOneTakesIt() {
        int rounds = 50;
        List<AtomicInteger> winners = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            winners.add(new AtomicInteger());
        }
        // All begin each round at one moment: who runs ahead of the others meets nobody.
        CyclicBarrier round = new CyclicBarrier(CLIENTS);
        each((client, number) -> {
            for (int i = 0; i < rounds; i++) {
                round.await(Patience.deadline().toNanos(), TimeUnit.NANOSECONDS);
                Commit take =
                        in().absent("n" + i).put("n" + i, text("" + number)).build();
                if (commit(client, take).isApplied()) {
                    winners.get(i).incrementAndGet();
                }
            }
        });
        assertThat(winners).extracting(AtomicInteger::get).containsOnly(1);
        assertThat(list().entries()).hasSize(rounds);
    }

    @Test
    void noListingSnapshotOrWatchShowsHalfACommit() {
        apply(in().put("x", text("start")).put("y", text("start")));
        List<Watch> watches = new ArrayList<>();
        List<WatchRecorder> recorders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            WatchRecorder recorder = new WatchRecorder(ConcurrencyPromises::checkPair);
            watches.add(open().watch(directory, WatchOptions.ALL, recorder));
            recorders.add(recorder);
        }
        each((client, number) -> {
            for (int i = 0; i < 100; i++) {
                Bytes value = text(number + "-" + i);
                Commit.Builder both = i % 10 == 9
                        ? in().delete("x").delete("y")
                        : in().put(i % 2 == 0 ? "x" : "y", value).put(i % 2 == 0 ? "y" : "x", value);
                checkPair(commit(client, both.build(Commit.Reply.ENTRIES)).listing());
                checkPair(list(client, directory));
            }
        });
        recorders.forEach(recorder -> recorder.awaitStateOf(store, directory));
        watches.forEach(Watch::close);
    }

    private static void checkPair(Listing listing) {
        assertThat(listing.find("x").map(Entry::value))
                .as("y as x in " + listing)
                .isEqualTo(listing.find("y").map(Entry::value));
        assertThat(listing.find("x").map(Entry::modified))
                .isEqualTo(listing.find("y").map(Entry::modified));
    }

    @Test
    void appendsOfManyClientsAreAllKeptInOneOrder() {
        ConcurrentLinkedQueue<Entry> appended = new ConcurrentLinkedQueue<>();
        each((client, number) -> {
            for (int i = 0; i < 100; i++) {
                Commit.Builder builder = in();
                String name = builder.append("q-" + number + "-", text("" + i));
                CommitResult.Applied result = applied(commit(client, builder.build(Commit.Reply.NAMES)));
                assertThat(result.names()).contains(name);
                appended.add(new Entry(name, text("" + i), result.revision(), result.revision(), null));
            }
        });
        List<Entry> all = list().entries();
        assertThat(all).isSortedAccordingTo(Entry.CREATION_ORDER);
        assertThat(new HashSet<>(all)).isEqualTo(new HashSet<>(appended)).hasSize(100 * CLIENTS);
    }

    @Test
    void concurrentHistoriesAreInOneOrder() {
        checkHistory(150, 0);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void longConcurrentHistoriesAreInOneOrder() {
        for (int round = 1; round <= 30; round++) {
            checkHistory(500, round * 100L);
        }
    }

    private void checkHistory(int each, long seed) {
        String path = root + "/history/" + seed;
        DirectoryHistory history = new DirectoryHistory(path);
        each((client, number) -> {
            RandomCommits commits = new RandomCommits(seed + number, path);
            String name = "client " + number;
            Listing known = history.list(name, client);
            for (int i = 0; i < each; i++) {
                known = commits.drawsListing()
                        ? history.list(name, client)
                        : history.commit(name, client, commits.next(known).build(Commit.Reply.ENTRIES))
                                .listing();
            }
        });
        history.verify(store.traits());
    }

    @Test
    void everyWatchEndsWithWhatTheDirectoryHolds() {
        Queue<WatchRecorder> recorders = new ConcurrentLinkedQueue<>();
        for (Store client : List.of(store, open(), open())) {
            recorders.add(watch(client, directory, WatchOptions.ALL));
            recorders.add(watch(client, directory, WatchOptions.ALL));
        }
        each((client, number) -> {
            RandomCommits commits = new RandomCommits(number, directory);
            for (int i = 0; i < 200; i++) {
                commit(client, commits.next(new Listing(0, List.of())).build());
                if (i % 50 == 25) {
                    recorders.add(watch(client, directory, WatchOptions.ALL));
                }
            }
        });
        recorders.forEach(recorder -> recorder.awaitStateOf(store, directory));
    }
}
