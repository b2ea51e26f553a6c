package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchingTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Store open() {
        return Store.open("file://" + directory);
    }

    private long sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = 10000");
            for (int i = 0; i + 1 < statements.length; i++) {
                statement.execute(statements[i]);
            }
            try (ResultSet row = statement.executeQuery(statements[statements.length - 1])) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private static void put(Store store, String path, String name) {
        store.commit(Commit.in(path).put(name, Bytes.EMPTY).build(), DEADLINE);
    }

    @Test
    void aChangeThatNobodyRangForAndNobodyLoggedIsFoundAndMadeUpForByAFreshListing() throws SQLException {
        try (Store store = open()) {
            put(store, "d", "a");
            WatchRecorder recorder = WatchRecorder.of(store, "d").awaitListed();
            sql(
                    "insert into entry (dir, name, created, modified, value) select dir, 'b', modified + 1,"
                            + " modified + 1, x'' from entry where name = ''",
                    "update entry set modified = modified + 1, entries = 2, name_bytes = 2 where name = ''",
                    "select 0");
            Patience.await("a listing that makes up for it", Duration.ofSeconds(2))
                    .until(() -> recorder.events().size() == 2);
            assertThat(recorder.events().get(1)).isInstanceOfSatisfying(WatchEvent.Listed.class, listed -> {
                assertThat(listed.fresh()).isTrue();
                assertThat(listed.listing().names()).containsExactly("a", "b");
            });
        }
    }

    @Test
    void aWatchThatBeginsBetweenACreationAndItsRemovalLearnsOfTheRemoval() throws SQLException {
        try (Store store = open()) {
            put(store, "d", "a");
            store.watch("d", WatchOptions.ALL, event -> {});
            // As another process commits whose ring is late.
            sql(
                    "insert into entry (dir, name, created, modified, value) select dir, 'b', modified + 1,"
                            + " modified + 1, x'' from entry where name = ''",
                    "update entry set modified = modified + 1, entries = 2, name_bytes = 2 where name = ''",
                    "insert into log (dir, name) select dir, 'b' from entry where name = ''",
                    "select 0");
            WatchRecorder recorder = WatchRecorder.of(store, "d").awaitListed();
            assertThat(recorder.view().names()).containsExactly("a", "b");
            sql(
                    "insert into log (dir, name, gone) select dir, 'b', created from entry where name = 'b'",
                    "delete from entry where name = 'b'",
                    "update entry set modified = modified + 1, entries = 1, name_bytes = 1 where name = ''",
                    "select 0");
            recorder.awaitNames("a");
        }
    }

    @Test
    void aWatcherThatFindsTheLogCutOffGetsAFreshListing() {
        try (FileStore store = (FileStore) open()) {
            WatchRecorder recorder = WatchRecorder.of(store, "d").awaitListed();
            store.space().cutLog();
            put(store, "d", "a");
            put(store, "d", "b");
            recorder.awaitNames("a", "b");
            assertThat(recorder.events().stream().filter(WatchEvent.Listed.class::isInstance))
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void directoriesThatNobodyWatchesAnyMoreAreNotLogged() throws SQLException {
        try (Store store = open()) {
            store.watch("d", WatchOptions.ALL, event -> {}).close();
            put(store, "d", "a");
            assertThat(sql("select count(*) from log")).isEqualTo(1);
            Patience.await("the end of the mark").until(() -> sql("select count(*) from watcher") == 0);
            put(store, "d", "b");
            assertThat(sql("select count(*) from log")).isEqualTo(1);
            assertThat(sql("select watchers from entry where name = ''")).isZero();
            assertThat(sql("select count(*) from session")).isZero();
        }
    }

    @Test
    void theMarksOfAKilledWatcherGoWithIt() throws Exception {
        try (Store store = open();
                ChildProcess worker = FileWorker.start(directory)) {
            assertThat(worker.ask("watch d")).isEqualTo("watching");
            put(store, "d", "a");
            assertThat(sql("select watchers from entry where name = ''")).isEqualTo(1);
            worker.kill();
            Patience.await("the end of its marks", Duration.ofSeconds(2))
                    .until(() -> sql("select sum(watchers) from entry where name = ''") == 0);
        }
    }

    @Test
    void whatThousandMembersTellWhoWatchGrowsWithTheirNumberAlone() throws Exception {
        try (Store store = open();
                ChildProcess worker = FileWorker.start(directory)) {
            WatchRecorder recorder = WatchRecorder.of(store, "group");
            assertThat(worker.ask("join group 1000")).isEqualTo("done");
            Patience.await("all members").until(() -> recorder.view().entries().size() == 1000);
            int told = recorder.events().stream()
                    .mapToInt(event -> event instanceof WatchEvent.Changed changed
                            ? changed.puts().size()
                            : 1)
                    .sum();
            assertThat(told).isLessThanOrEqualTo(1001);
        }
    }
}
