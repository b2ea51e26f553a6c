package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full, read-only, or simply there. */
class DiskTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", directory.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void mount(String options) throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", options, "muster-test", directory.toString());
        assumeTrue(mounted, "needs the right to mount a file system: run as root");
    }

    private static Commit put(int i) {
        return Commit.in("d").put("n" + i, Bytes.utf8("x".repeat(2000))).build();
    }

    @Test
    void aFullDiskTakesNothingAwayAndGoesOnOnceThereIsRoom() throws Exception {
        mount("size=3m");
        Path filler = Files.write(directory.resolve("filler"), new byte[1 << 20]);
        try (Store store = Store.open("file://" + directory.resolve("store"))) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            int applied = 0;
            Commit last = put(0);
            StorageException full = null;
            while (full == null) {
                last = put(applied);
                try {
                    store.commit(last, DEADLINE);
                    applied++;
                } catch (StorageException e) {
                    full = e;
                }
            }
            assertThat(full).hasMessageContaining("the disk is full").hasMessageContaining("make room");
            assertThat(store.settle(last).join()).isInstanceOf(Settlement.Never.class);
            assertThat(store.list("d", DEADLINE).entries()).hasSize(applied);
            assertThat(session.state()).isEqualTo(Session.State.CONNECTED);
            Files.delete(filler);
            store.commit(put(applied), DEADLINE);
            assertThat(store.list("d", DEADLINE).entries()).hasSize(applied + 1);
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsSaidToBeSo() throws Exception {
        mount("size=3m");
        Store.open("file://" + directory.resolve("store")).close();
        assertThat(run("mount", "-o", "remount,ro", directory.toString())).isTrue();
        for (String path : List.of("store", "other")) {
            assertThatThrownBy(() -> Store.open("file://" + directory.resolve(path)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("write");
        }
    }

    @Test
    void anInterruptedThreadMayDoAnything() {
        try (Store store = Store.open("file://" + directory)) {
            Thread.currentThread().interrupt();
            Session session = store.openSession(SessionOptions.DEFAULT).join();
            store.commit(Commit.in("d").put("lasting", Bytes.EMPTY).build()).join();
            store.commit(Commit.in("d")
                            .as(session)
                            .putOwned("owned", Bytes.EMPTY)
                            .build())
                    .join();
            assertThat(store.list("d").join().names()).containsExactly("lasting", "owned");
            session.close();
            assertThat(store.list("d").join().names()).containsExactly("lasting");
            assertThat(Thread.interrupted()).isTrue();
            store.commit(Commit.in("d").put("later", Bytes.EMPTY).build(), DEADLINE);
        }
    }

    @Test
    void theLogOfTheDatabaseDoesNotGrowWithoutBound() throws IOException {
        try (Store store = Store.open("file://" + directory)) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            for (int i = 0; i < 10_000; i++) {
                store.commit(
                        Commit.in("d")
                                .as(session)
                                .putOwned("a", Bytes.utf8("" + i))
                                .build(),
                        DEADLINE);
            }
            assertThat(Files.size(directory.resolve("store.db-wal"))).isLessThan(24 << 20);
        }
        Patience.await("the end of the log").until(() -> !Files.exists(directory.resolve("store.db-wal")));
    }
}
