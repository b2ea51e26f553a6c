package dev.muster.store.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory that a store lies in: full, foreign, damaged or removed. */
class StorageTest {

    @TempDir
    Path base;

    @Test
    void aFullFileSystemRefusesWhatAddsAndNothingElse() throws Exception {
        mountSmall();
        try (Store store = open()) {
            commit(store, Commit.in("d").put("first", Bytes.utf8("1")));
            Session owner = store.openSession(SessionOptions.DEFAULT, Patience.deadline());
            commit(store, Commit.in("d").as(owner).putOwned("owned", Bytes.EMPTY));
            Bytes value = Bytes.wrap(new byte[60 << 10]);
            int held = 0;
            Commit refused = null;
            while (refused == null) {
                Commit next = Commit.in("d").put("n" + held, value).build();
                try {
                    store.commit(next, Patience.deadline());
                    held++;
                } catch (StorageException e) {
                    assertThat(e).hasMessageContaining(base.toString()).hasMessageContaining("--shm-size");
                    refused = next;
                }
            }
            assertThat(held).isGreaterThan(5);
            assertThat(store.settle(refused).join()).isEqualTo(new Settlement.Never());
            assertThat(store.list("d", Patience.deadline()).entries()).hasSize(held + 2);
            owner.close();
            assertThat(store.list("d", Patience.deadline()).entries()).hasSize(held + 1);
            commit(store, Commit.in("d").delete("first"));
            assertThat(store.list("d", Patience.deadline()).entries()).hasSize(held);
            freeSome();
            commit(store, Commit.in("d").put("n0", Bytes.EMPTY));
            assertThat(store.list("d", Patience.deadline()).entries()).hasSize(held);
        } finally {
            unmount();
        }
    }

    private Path filler() {
        return base.resolve("filler");
    }

    /** A tmpfs of 4 MiB, of which another program holds a part. */
    private void mountSmall() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", base.toString()) == 0,
                "mounting a small tmpfs needs root and a kernel that allows it");
        Files.write(filler(), new byte[1 << 20]);
    }

    private void freeSome() throws IOException {
        Files.delete(filler());
    }

    private void unmount() throws Exception {
        assertThat(run("umount", "-l", base.toString())).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 40_000})
    void aTruncatedControlFileIsRefusedByName(int size) throws Exception {
        Path control = makeStore();
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(control.toString())
                .hasMessageContaining("truncated or foreign");
    }

    @Test
    void aNewerFormatIsRefusedByItsNumber() throws Exception {
        Path control = makeStore();
        overwrite(control, 8, 2);
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("another store name");
    }

    @Test
    void aForeignControlFileIsRefused() throws Exception {
        Path control = makeStore();
        overwrite(control, 0, 42);
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("truncated or foreign");
    }

    @Test
    void aDamagedLogIsReportedAndNotFollowed() throws Exception {
        makeStore();
        Path log;
        try (Stream<Path> files = Files.list(base.resolve("muster-storage/logs"))) {
            log = files.findFirst().orElseThrow();
        }
        overwrite(log, Arena.FIRST, 12_345_678);
        try (Store store = open()) {
            assertThatThrownBy(() -> store.list("d", Patience.deadline()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(log.toString());
            assertThat(store.list("another", Patience.deadline()).entries()).isEmpty();
        }
    }

    @Test
    void aStoreThatIsRemovedWhileInUseIsLostToItsProcesses() throws Exception {
        try (Store store = open()) {
            Session session = store.openSession(SessionOptions.DEFAULT, Patience.deadline());
            commit(store, Commit.in("d").as(session).putOwned("a", Bytes.EMPTY));
            try (Stream<Path> files = Files.walk(base.resolve("muster-storage"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            Patience.await("the loss of the session").until(() -> session.state() == Session.State.LOST);
            assertThat(session.mayOwn()).isFalse();
            assertThatThrownBy(() -> commit(store, Commit.in("d").put("a", Bytes.EMPTY)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("removed");
        }
        try (Store store = open()) {
            assertThat(store.list("d", Patience.deadline()).entries()).isEmpty();
        }
    }

    @Test
    void revisionsGoOnAboveThoseOfARemovedStore() throws Exception {
        long before;
        try (Store store = open()) {
            before = commit(store, Commit.in("d").put("a", Bytes.EMPTY));
            for (int i = 0; i < 1000; i++) {
                before = commit(store, Commit.in("d").put("a", Bytes.EMPTY));
            }
        }
        try (Stream<Path> files = Files.walk(base.resolve("muster-storage"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        try (Store store = open()) {
            assertThat(commit(store, Commit.in("d").put("a", Bytes.EMPTY))).isGreaterThan(before);
        }
    }

    @Test
    void theFolderIsForItsUserAlone() throws Exception {
        makeStore();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("muster-storage"))))
                .isEqualTo("rwx------");
    }

    @Test
    void whatAKilledProcessLeftOfTheLogIsSweptUp() throws Exception {
        try (Store store = open()) {
            Path logs = base.resolve("muster-storage/logs");
            commit(store, Commit.in("d").put("a", Bytes.EMPTY));
            Path current;
            try (Stream<Path> files = Files.list(logs)) {
                current = files.findFirst().orElseThrow();
            }
            String shard = current.getFileName().toString().split("-", 2)[0];
            Files.write(logs.resolve(shard + "-0.log"), new byte[100]);
            ((IpcStore) store).space().files().sweep();
            assertThat(logs).isDirectoryContaining(file -> file.equals(current));
            try (Stream<Path> files = Files.list(logs)) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc://", "ipc://a/b", "ipc://..", "ipc://-x", "ipc://a%20b", "ipc:name"})
    void aUriThatNamesNoStoreIsRefused(String uri) {
        assertThatThrownBy(() -> Store.open(uri)).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void itDoesNotPromiseDurability() {
        try (Store store = open()) {
            assertThat(store.traits())
                    .contains(Trait.DISTRIBUTED_ACROSS_PROCESSES, Trait.LEASE_SAFE)
                    .doesNotContain(Trait.DURABLE_ACROSS_CRASH, Trait.DURABLE_ACROSS_POWER_LOSS);
        }
    }

    @Test
    void anInterruptedThreadMayCommitThroughAMoveOfTheLog() {
        try (Store store = open()) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 3000; i++) {
                store.commit(Commit.in("d").put("a", Bytes.EMPTY).build());
            }
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.list("d", Patience.deadline()).names()).containsExactly("a");
        }
    }

    private Path makeStore() {
        try (Store store = open()) {
            commit(store, Commit.in("d").put("a", Bytes.EMPTY));
        }
        return base.resolve("muster-storage/control");
    }

    private Store open() {
        return Store.open("ipc://storage?dir=" + base);
    }

    private static long commit(Store store, Commit.Builder commit) throws MusterException {
        return ((dev.muster.store.CommitResult.Applied) store.commit(commit.build(), Patience.deadline())).revision();
    }

    private static void overwrite(Path file, int at, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer word = ByteBuffer.allocate(8).order(java.nio.ByteOrder.nativeOrder());
            channel.write(word.putLong(0, value), at);
        }
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
