package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there already may be anything: each is refused by name, and left as it was. */
class OpeningTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Store open() {
        return Store.open("file://" + directory);
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
        // Nothing is left that would get in the way of a second try.
        assertThatThrownBy(this::open).isInstanceOf(StorageException.class);
    }

    @Test
    void aDatabaseOfAnotherApplicationIsRefused() throws SQLException {
        sql("create table accounts (id integer)", "insert into accounts values (1)");
        assertRefused("another application", "choose another directory");
        sql("insert into accounts values (2)");
    }

    @Test
    void aStoreOfALaterFormatIsRefused() throws SQLException {
        open().close();
        sql("pragma user_version = 7");
        assertRefused("format 7", "newest version");
        sql("pragma user_version = 1");
        open().close();
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws IOException {
        Files.writeString(directory.resolve("store.db"), "this is no database ".repeat(1000));
        assertRefused("no SQLite database", "store.db");
        assertThat(directory.resolve("store.db")).content().startsWith("this is no database");
    }

    @Test
    void aCorruptDatabaseIsSaidToBeCorrupt() throws Exception {
        try (Store store = open()) {
            for (int i = 0; i < 300; i++) {
                store.commit(
                        Commit.in("d" + i).put("a", Bytes.utf8("x".repeat(200))).build(), DEADLINE);
            }
        }
        Path file = directory.resolve("store.db");
        byte[] content = Files.readAllBytes(file);
        for (int i = 4096; i < content.length; i++) {
            content[i] ^= 0x5a;
        }
        Files.write(file, content);
        assertThatThrownBy(() -> {
                    try (Store store = open()) {
                        store.list("d7", DEADLINE);
                    }
                })
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("corrupt");
    }

    @Test
    void aPathThatIsNoDirectoryIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> Store.open("file://" + file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("must be a directory");
        assertThatThrownBy(() -> Store.open("file://" + file.resolve("below"))).isInstanceOf(StorageException.class);
    }

    @Test
    void urisThatNameNoDirectoryAreRefused() {
        for (String uri : List.of("file://var/lib/store", "file:store", "file:///", "file://host/var")) {
            assertThatThrownBy(() -> Store.open(uri)).as(uri).isInstanceOf(InvalidArgument.class);
        }
        for (String option : List.of("lease=100ms", "lease=1h", "lease=5", "timeout=0s")) {
            assertThatThrownBy(() -> Store.open("file://" + directory + "?" + option))
                    .as(option)
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining(option.substring(0, option.indexOf('=')));
        }
    }

    @Test
    void aPathMayHoldAnyCharacter() throws IOException {
        for (String name : List.of("a b", "a?b=c", "a#b", "a%20b", "ä'b", "a;b&c")) {
            String uri = "file://" + directory + "/"
                    + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
            try (Store store = Store.open(uri)) {
                store.commit(Commit.in("d").put("a", Bytes.EMPTY).build(), DEADLINE);
            }
            assertThat(directory.resolve(name).resolve("store.db")).exists();
        }
    }

    @Test
    void storesOfOneProcessShareOneConnectionUnderAnySpellingOfThePath() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        try (FileStore one = (FileStore) open();
                FileStore two = (FileStore) Store.open("file://" + link + "?lease=5s")) {
            assertThat(one.space()).isSameAs(two.space());
            assertThat(one.traits()).contains(Trait.NON_TIMEOUT_BASED, Trait.LEASE_SAFE);
            assertThat(two.traits()).doesNotContain(Trait.NON_TIMEOUT_BASED).contains(Trait.LEASE_SAFE);
        }
    }

    @Test
    void aStoreWhoseProcessesAllDiedIsCleanOnceItIsOpened() throws SQLException {
        try (Store store = open()) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            store.commit(Commit.in("d").as(session).putOwned("a", Bytes.EMPTY).build(), DEADLINE);
            sql("update session set name = name");
        }
        // As a process leaves it that was killed: the row is there, and nobody holds its lock.
        sql(
                "insert into session (id, name, lease, beat) values (900, 'dead', 0, 0)",
                "insert into stake (session, dir) select 900, id from directory where name = 'd'",
                "insert into entry (dir, name, created, modified, owner, value) select id, 'left', 5, 5, 900, x''"
                        + " from directory where name = 'd'",
                "update entry set entries = entries + 1, name_bytes = name_bytes + 4 where name = ''");
        try (Store store = open()) {
            assertThat(store.list("d", DEADLINE).names()).isEmpty();
            assertThat(store.directories("").join()).isEmpty();
        }
    }
}
