package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revisions and the sweep, under a clock that the test moves. */
class RevisionTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final long HOUR = Duration.ofHours(1).toNanos() / 1000;

    @TempDir
    Path directory;

    private final AtomicLong micros = new AtomicLong(2_000_000_000_000_000L);
    private FileSpace space;

    @BeforeEach
    void open() {
        space = FileSpace.open(directory, micros::get);
    }

    @AfterEach
    void close() {
        space.close();
    }

    private long commit(Commit.Builder builder) {
        CommitResult result = space.commit(builder.build(Commit.Reply.NAMES), null, TIMEOUT);
        return ((CommitResult.Applied) result).revision();
    }

    private long use(String path) {
        long token = commit(Commit.in(path).put("a", Bytes.EMPTY));
        commit(Commit.in(path).delete("a"));
        return token;
    }

    @Test
    void theyFollowTheClockAndGoOnWhereItGoesBack() {
        assertThat(use("d")).isEqualTo(2_000_000_000_000_001L);
        micros.addAndGet(HOUR);
        long fast = use("d");
        assertThat(fast).isEqualTo(2_000_000_000_000_000L + HOUR);
        micros.addAndGet(-2 * HOUR);
        assertThat(use("d")).isEqualTo(fast + 2);
        space.close();
        open();
        assertThat(use("d")).isEqualTo(fast + 4);
    }

    @Test
    void aDirectoryThatWasSweptOutGoesOnAboveWhatItHad() {
        micros.addAndGet(HOUR);
        long before = use("d");
        micros.addAndGet(HOUR);
        sweep();
        assertThat(space.list("d", TIMEOUT).revision()).isEqualTo(before + 1);
        micros.addAndGet(-3 * HOUR);
        assertThat(use("d")).isEqualTo(before + 2);
        assertThat(use("another")).isGreaterThan(before);
    }

    @Test
    void directoriesUsedOnceLeaveNothing() throws SQLException {
        for (int i = 0; i < 1500; i++) {
            use("locks/" + i);
        }
        commit(Commit.in("kept").put("a", Bytes.EMPTY));
        assertThat(count("entry")).isEqualTo(1502);
        sweep();
        assertThat(count("entry")).as("too early").isEqualTo(1502);
        micros.addAndGet(HOUR);
        sweep();
        assertThat(count("entry")).isEqualTo(2);
        assertThat(count("directory")).isEqualTo(1);
        assertThat(count("stake")).isZero();
        assertThat(space.directories("", TIMEOUT)).containsExactly("kept");
    }

    private void sweep() {
        space.sweeper().begin();
        boolean more = true;
        while (more) {
            more = space.sweeper().step(IDLE);
        }
    }

    private long count(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }
}
