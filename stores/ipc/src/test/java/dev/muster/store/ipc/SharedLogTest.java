package dev.muster.store.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One log under many hands. */
class SharedLogTest {

    private static final int HANDS = 4;

    @TempDir
    Path base;

    private Processes processes;
    private List<IpcStore> stores;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void open() {
        processes = new Processes(base);
        stores = processes.open(HANDS);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        processes.close();
    }

    @Test
    void noGuardedIncrementIsLost() throws Exception {
        int rounds = 3000;
        together(store -> {
            for (int i = 0; i < rounds; i++) {
                Worker.raise(store);
            }
            return null;
        });
        assertThat(counter(stores.get(0))).isEqualTo((long) HANDS * rounds);
    }

    /** The planted fault of the test above: without its guard the same work loses increments. */
    @Test
    void unguardedIncrementsAreLost() throws Exception {
        int rounds = 3000;
        together(store -> {
            for (int i = 0; i < rounds; i++) {
                Bytes next = Bytes.utf8(Long.toString(counter(store) + 1));
                commit(store, Commit.in(Worker.DIRECTORY).put(Worker.COUNTER, next));
            }
            return null;
        });
        assertThat(counter(stores.get(0))).isLessThan((long) HANDS * rounds);
    }

    @Test
    void allAgreeOnTheOrderAndOnTheState() throws Exception {
        List<Long> revisions = Collections.synchronizedList(new ArrayList<>());
        together(store -> {
            Random random = new Random(stores.indexOf(store));
            Session session = store.openSession(SessionOptions.DEFAULT, Patience.deadline());
            long last = 0;
            for (int i = 0; i < 2500; i++) {
                Commit.Builder commit = Commit.in(Worker.DIRECTORY).as(session);
                String name = "n" + random.nextInt(40);
                switch (random.nextInt(4)) {
                    case 0 -> commit.delete(name);
                    case 1 ->
                        commit.appendOwned("q" + random.nextInt(3) + "-", Bytes.wrap(new byte[random.nextInt(99)]));
                    case 2 -> commit.put(name, Bytes.utf8("v" + i)).put("x", Bytes.utf8(name));
                    default -> commit.put(name, Bytes.wrap(new byte[random.nextInt(3000)]));
                }
                long revision = commit(store, commit);
                assertThat(revision).isGreaterThan(last);
                last = revision;
                revisions.add(revision);
            }
            return null;
        });
        assertThat(revisions).doesNotHaveDuplicates();
        Listing expected = list(stores.get(0));
        for (Store each : processes.open(2)) {
            assertThat(list(each)).isEqualTo(expected);
        }
        assertThat(stores).allSatisfy(store -> assertThat(list(store)).isEqualTo(expected));
        assertThat(expected.entries()).isSortedAccordingTo(dev.muster.store.Entry.CREATION_ORDER);
        stores.get(1).close();
        assertThat(list(stores.get(0)).entries().stream().filter(entry -> entry.isOwned()))
                .hasSizeLessThan((int) expected.entries().stream()
                        .filter(entry -> entry.isOwned())
                        .count());
    }

    @Test
    void whatTwoEntriesHaveInCommonIsNeverSeenTorn() throws Exception {
        Store reader = processes.open();
        Future<Boolean> reading = threads.submit(() -> {
            for (int i = 0; i < 3000; i++) {
                Listing listing = list(reader);
                assertThat(listing.find("x").map(entry -> entry.value().utf8()))
                        .isEqualTo(listing.find("y").map(entry -> entry.value().utf8()));
            }
            return true;
        });
        together(store -> {
            for (int i = 0; i < 2000 && !reading.isDone(); i++) {
                Bytes value = Bytes.utf8(stores.indexOf(store) + "." + i);
                commit(store, Commit.in(Worker.DIRECTORY).put("x", value).put("y", value));
            }
            return null;
        });
        assertThat(reading.get(Patience.deadline().toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
    }

    @Test
    void everyCommitIsToldByItselfWhereTheListenerKeepsUp() {
        List<WatchEvent> events = new CopyOnWriteArrayList<>();
        stores.get(1).watch(Worker.DIRECTORY, WatchOptions.ALL, events::add);
        Patience.await("the listing").until(() -> !events.isEmpty());
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            revisions.add(commit(stores.get(0), Commit.in(Worker.DIRECTORY).put("a", Bytes.utf8("" + i))));
        }
        Patience.await("the changes").until(() -> events.size() > 200);
        assertThat(events.stream().skip(1).map(WatchEvent::revision)).isEqualTo(revisions);
        assertThat(events.subList(1, events.size())).hasOnlyElementsOfType(WatchEvent.Changed.class);
    }

    @Test
    void aWatchThatLagsIsToldAFreshListing() throws Exception {
        List<WatchEvent> events = new CopyOnWriteArrayList<>();
        stores.get(1).watch(Worker.DIRECTORY, WatchOptions.ALL, events::add);
        Patience.await("the listing").until(() -> !events.isEmpty());
        for (int i = 0; i < 30_000; i++) {
            commit(stores.get(0), Commit.in(Worker.DIRECTORY).put("a", Bytes.utf8("" + i)));
        }
        Listing last = list(stores.get(0));
        Patience.await("the last state")
                .untilAsserted(() ->
                        assertThat(events.get(events.size() - 1).revision()).isEqualTo(last.revision()));
        assertThat(events.stream().map(WatchEvent::revision)).isSorted();
    }

    @Test
    void anIdleReplicaThatMissedManyArenasComesBackCurrent() {
        assertThat(list(stores.get(1)).entries()).isEmpty();
        for (int i = 0; i < 20_000; i++) {
            commit(stores.get(0), Commit.in(Worker.DIRECTORY).put("a" + i % 7, Bytes.utf8("" + i)));
        }
        assertThat(list(stores.get(1))).isEqualTo(list(stores.get(0)));
        assertThat(commit(stores.get(1), Commit.in(Worker.DIRECTORY).put("b", Bytes.EMPTY)))
                .isGreaterThan(list(stores.get(0)).revision() - 1);
    }

    @Test
    void whoAskedToGoFirstAndWasKilledHoldsUpNobody() {
        SharedSpace space = stores.get(0).space();
        int shard = 0;
        while (space.shard(shard) != space.shard(Worker.DIRECTORY)) {
            shard++;
        }
        for (long until : new long[] {System.nanoTime() + 1_000_000, System.nanoTime() - 1, Long.MAX_VALUE, 1}) {
            space.control().want(shard, until);
            commit(stores.get(0), Commit.in(Worker.DIRECTORY).put("a", Bytes.EMPTY));
            assertThat(space.control().wanted(shard)).isZero();
        }
    }

    @Test
    void aSpaceReservedAndNeverPublishedHoldsUpNobody() throws Exception {
        commit(stores.get(0), Commit.in(Worker.DIRECTORY).put("a", Bytes.EMPTY));
        SharedSpace space = stores.get(1).space();
        for (int shard = 0; shard < Control.SHARDS; shard++) {
            Arena arena = space.files().openIfMade(shard);
            if (arena != null) {
                int at = arena.reserve(200, 0);
                arena.pen(at).putLong(0).putLong(-1).putInt(-1);
                while (at >= 0) {
                    at = arena.reserve(200, 0);
                }
            }
        }
        for (IpcStore store : stores) {
            commit(store, Commit.in(Worker.DIRECTORY).put("b", Bytes.EMPTY));
        }
        assertThat(list(stores.get(0)).names()).containsExactly("a", "b");
    }

    @Test
    void aMillionNamesUsedOnceLeaveNothing() throws Exception {
        IpcStore store = stores.get(0);
        for (int i = 0; i < 200_000; i++) {
            commit(store, Commit.in("locks/" + i).put("a", Bytes.EMPTY));
            commit(store, Commit.in("locks/" + i).delete("a"));
        }
        assertThat(store.directories("").join()).isEmpty();
        try (Stream<Path> files = Files.walk(base)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            assertThat(bytes).isLessThan(100L << 20);
        }
    }

    private void together(Work work) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        stores.forEach(store -> tasks.add(() -> work.on(store)));
        for (Future<Void> done :
                threads.invokeAll(tasks, 4 * Patience.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
            done.get();
        }
    }

    private interface Work {
        Void on(IpcStore store) throws Exception;
    }

    private static long commit(Store store, Commit.Builder commit) {
        CommitResult result = store.commit(commit.build(), Patience.deadline());
        return ((CommitResult.Applied) result).revision();
    }

    private static Listing list(Store store) {
        return store.list(Worker.DIRECTORY, Patience.deadline());
    }

    private static long counter(Store store) {
        return list(store)
                .find(Worker.COUNTER)
                .map(entry -> Long.parseLong(entry.value().utf8()))
                .orElse(0L);
    }
}
