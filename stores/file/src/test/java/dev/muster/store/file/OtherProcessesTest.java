package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.SessionOptions;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherProcessesTest {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<ChildProcess> workers = new ArrayList<>();

    @AfterEach
    void endWorkers() {
        workers.forEach(ChildProcess::close);
    }

    private ChildProcess worker(String options) {
        ChildProcess worker = FileWorker.start(directory, options);
        workers.add(worker);
        return worker;
    }

    private Store open(String options) {
        return Store.open("file://" + directory + options);
    }

    @Test
    void aProcessThatIsKilledLeavesNoCopyOfTheNativeLibrary() throws IOException {
        ChildProcess worker = worker("");
        worker.ask("session");
        List<String> mapped = Files.readAllLines(Path.of("/proc/" + worker.pid() + "/maps"));
        assertThat(mapped)
                .filteredOn(line -> line.contains("sqlite"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("(deleted)"));
    }

    @Test
    void processesThatContendAllMakeProgress() {
        for (int i = 0; i < 4; i++) {
            worker("");
        }
        // Each has opened the store before any begins.
        workers.forEach(worker -> worker.ask("session"));
        workers.forEach(worker -> worker.send("contend locks/one 2000"));
        long[] counts = workers.stream()
                .mapToLong(worker -> Long.parseLong(worker.answer()))
                .sorted()
                .toArray();
        System.out.println("pairs of 4 processes in 2 s: " + Arrays.toString(counts));
        assertThat(counts[0]).isGreaterThan(counts[3] / 50);
    }

    @Test
    void aProcessThatHoldsTheWriteLockIsNamedAsTheReasonAndReadersGoOn() {
        ChildProcess holder = worker("");
        try (Store store = open("?timeout=300ms")) {
            store.commit(Commit.in("d").put("a", Bytes.EMPTY).build(), DEADLINE);
            assertThat(holder.ask("hold")).isEqualTo("held");
            holder.stop();
            Commit commit = Commit.in("d").put("b", Bytes.EMPTY).build();
            assertThatThrownBy(() -> store.commit(commit, DEADLINE))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("another process holds the store's write lock");
            assertThat(commit.fate().settlement())
                    .hasValueSatisfying(fate -> assertThat(fate.toString()).contains("Never"));
            assertThat(store.list("d", DEADLINE).names()).containsExactly("a");
            holder.kill();
            store.commit(Commit.in("d").put("c", Bytes.EMPTY).build(), DEADLINE);
            assertThat(store.list("d", DEADLINE).names()).containsExactly("a", "c");
        }
    }

    @Test
    void whoWaitsBehindAThreadThatAnotherProcessLocksOutIsToldOfThatProcess() {
        ChildProcess holder = worker("");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Store store = open("?timeout=300ms")) {
            assertThat(holder.ask("hold")).isEqualTo("held");
            List<CompletableFuture<CommitResult>> commits = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Commit commit = Commit.in("d").put("n" + i, Bytes.EMPTY).build();
                commits.add(CompletableFuture.supplyAsync(() -> store.commit(commit, DEADLINE), threads));
            }
            assertThat(commits)
                    .allSatisfy(commit -> assertThatThrownBy(() -> commit.join())
                            .hasCauseInstanceOf(TimeoutException.class)
                            .hasMessageContaining("another process holds the store's write lock"));
            holder.kill();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void allSessionsOfAKilledProcessEndWithinASecondOrSo() {
        ChildProcess worker = worker("");
        try (Store store = open("")) {
            for (int i = 0; i < 3; i++) {
                worker.ask("session");
                worker.ask("own d n" + i);
            }
            assertThat(store.list("d", DEADLINE).names()).containsExactly("n0", "n1", "n2");
            worker.kill();
            Patience.await("the end of all its sessions", Duration.ofSeconds(2))
                    .until(() -> store.list("d", DEADLINE).entries().isEmpty());
        }
    }

    @Test
    void aStoppedProcessKeepsItsSessionWithoutALeaseAndLosesItWithOne() {
        ChildProcess patient = worker("");
        ChildProcess leased = worker("?lease=1s");
        patient.ask("session");
        leased.ask("session");
        patient.ask("own d patient");
        leased.ask("own d leased");
        Patience.await("heartbeats").until(() -> Long.parseLong(leased.ask("heartbeats")) > 2);
        try (Store store = open("")) {
            patient.stop();
            leased.stop();
            Patience.await("the end of the lease", Duration.ofSeconds(4))
                    .until(() -> store.list("d", DEADLINE).names().equals(List.of("patient")));
            leased.resume();
            assertThat(leased.ask("mayOwn")).isEqualTo("false LOST");
            assertThat(leased.ask("own d again")).contains(SessionLostException.class.getSimpleName());
            patient.resume();
            assertThat(patient.ask("mayOwn")).isEqualTo("true CONNECTED");
            assertThat(patient.ask("own d again")).doesNotContain("failed");
        }
    }

    @Test
    void aLeaseIsKeptByHeartbeatsWhileTheProcessRuns() {
        try (Store store = open("?lease=500ms")) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            assertThat(session.timeout()).isEqualTo(Duration.ofMillis(500));
            Patience.await("a dozen heartbeats").until(() -> session.heartbeats() > 12);
            assertThat(session.mayOwn()).isTrue();
        }
    }

    @Test
    void aStoreThatIsRemovedWhileInUseIsLostForAllWhoUseIt() throws Exception {
        try (Store store = open("")) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            List<RuntimeException> ends = new CopyOnWriteArrayList<>();
            store.watch("d", WatchOptions.ALL, new EndRecorder(ends));
            Files.delete(directory.resolve("store.db"));
            Patience.await("the loss of the session").until(() -> session.state() == Session.State.LOST);
            assertThatThrownBy(() -> store.list("d", DEADLINE))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("open it again");
            Patience.await("the end of the watch").until(() -> ends.size() == 1);
        }
    }

    private record EndRecorder(List<RuntimeException> ends) implements dev.muster.store.WatchListener {
        @Override
        public void onEvent(WatchEvent event) {}

        @Override
        public void onEnd(dev.muster.store.MusterException cause) {
            ends.add(cause);
        }
    }

    @Test
    void whatAnotherProcessCommitsIsToldAtOnce() {
        ChildProcess worker = worker("");
        ConcurrentLinkedQueue<Long> delays = new ConcurrentLinkedQueue<>();
        try (Store store = open("")) {
            store.watch("d", WatchOptions.ALL, event -> {
                if (event instanceof WatchEvent.Changed changed) {
                    for (Entry put : changed.puts()) {
                        delays.add(
                                System.nanoTime() - Long.parseLong(put.value().utf8()));
                    }
                }
            });
            assertThat(worker.ask("stamp d 200")).isEqualTo("done");
            Patience.await("most of what was committed").until(() -> delays.size() > 150);
        }
        long[] sorted = delays.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "from before a commit to its callback in another process: p50 %.2f ms, p99 %.2f ms%n",
                sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6);
    }
}
