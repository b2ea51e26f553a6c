package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

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
        each((client, number) -> {
            for (int i = 0; i < rounds; i++) {
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
        DirectoryHistory history = new DirectoryHistory(directory);
        each((client, number) -> {
            Random random = new Random(number);
            Listing known = history.list("client " + number, client);
            for (int i = 0; i < 150; i++) {
                known = random.nextInt(3) == 0
                        ? history.list("client " + number, client)
                        : history.commit("client " + number, client, randomCommit(random, known))
                                .listing();
            }
        });
        if (store.traits().contains(Trait.LINEARIZABLE)) {
            history.verifyLinearizable();
        } else {
            history.verifySequential();
        }
    }

    private Commit randomCommit(Random random, Listing known) {
        Commit.Builder builder = in();
        String name = "n" + random.nextInt(4);
        Entry seen = known.find(name).orElse(null);
        if (seen != null && random.nextBoolean()) {
            builder.guard(
                    random.nextBoolean()
                            ? new Guard.At(name, seen.modified())
                            : new Guard.Created(name, seen.created()));
        } else if (random.nextBoolean()) {
            builder.guard(seen == null ? new Guard.Absent(name) : new Guard.Present(name));
        }
        Bytes value = text("" + random.nextInt());
        builder.change(random.nextInt(4) == 0 ? new Change.Delete(name) : new Change.Put(name, value, false));
        if (random.nextInt(4) == 0) {
            String second = "m" + random.nextInt(2);
            builder.change(random.nextInt(4) == 0 ? new Change.Delete(second) : new Change.Put(second, value, false));
        }
        return builder.build(Commit.Reply.ENTRIES);
    }

    @Test
    void everyWatchEndsWithWhatTheDirectoryHolds() {
        Queue<WatchRecorder> recorders = new ConcurrentLinkedQueue<>();
        for (Store client : List.of(store, open(), open())) {
            recorders.add(watch(client, directory, WatchOptions.ALL));
            recorders.add(watch(client, directory, WatchOptions.ALL));
        }
        each((client, number) -> {
            Random random = new Random(number);
            for (int i = 0; i < 200; i++) {
                commit(client, randomCommit(random, new Listing(0, List.of())));
                if (i % 50 == 25) {
                    recorders.add(watch(client, directory, WatchOptions.ALL));
                }
            }
        });
        recorders.forEach(recorder -> recorder.awaitStateOf(store, directory));
    }
}
