package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed in the middle of what they do, several at a time, and the store must not show it. */
class KillTest {

    private static final int AT_A_TIME = 5;

    @TempDir
    Path directory;

    @Test
    void noKilledProcessTakesAnAcknowledgedCommitWithIt() throws Exception {
        kill(25);
    }

    @Test
    @Tag("slow")
    void noneOf500KilledProcessesTakesAnAcknowledgedCommitWithIt() throws Exception {
        kill(500);
    }

    /** A process that acknowledges what it has not committed yet: the check must see through it. */
    @Test
    void aProcessThatAcknowledgesTooEarlyIsFoundOut() {
        try (ChildProcess boaster = FileWorker.start(directory)) {
            boaster.send("boast round0/0");
            long[] acknowledged = {Long.parseLong(boaster.answer())};
            boaster.kill();
            assertThatThrownBy(() -> check("round0/", acknowledged)).isInstanceOf(AssertionError.class);
        }
    }

    private void kill(int times) throws Exception {
        for (int killed = 0; killed < times; killed += AT_A_TIME) {
            // In every second round nobody is left who has the store open, and the next to open it must recover it.
            Store survivor = killed % (2 * AT_A_TIME) == 0 ? null : Store.open("file://" + directory);
            String round = "round" + killed + "/";
            check(round, killSome(round));
            if (survivor != null) {
                survivor.close();
            }
        }
        assertThat(integrity()).isEqualTo("ok");
    }

    private long[] killSome(String round) {
        List<ChildProcess> workers = new ArrayList<>();
        long[] acknowledged = new long[AT_A_TIME];
        for (int i = 0; i < AT_A_TIME; i++) {
            workers.add(FileWorker.start(directory));
            workers.get(i).send("hammer " + round + i);
        }
        for (int i = 0; i < AT_A_TIME; i++) {
            for (int answers = 0; answers < 5; answers++) {
                acknowledged[i] = Long.parseLong(workers.get(i).answer());
            }
        }
        for (ChildProcess worker : workers) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(5_000_000));
            worker.kill();
        }
        return acknowledged;
    }

    private void check(String round, long[] acknowledged) {
        try (Store store = Store.open("file://" + directory)) {
            for (int i = 0; i < acknowledged.length; i++) {
                String path = round + i;
                Listing listing = store.list(path, Duration.ofSeconds(10));
                long x = number(listing, "x");
                assertThat(x).isEqualTo(number(listing, "y")).isGreaterThanOrEqualTo(acknowledged[i]);
                Patience.await("the end of a killed process's session", Duration.ofSeconds(3))
                        .until(() -> store.list(path, Duration.ofSeconds(10))
                                .find("z")
                                .isEmpty());
            }
        }
    }

    private static long number(Listing listing, String name) {
        return listing.find(name)
                .map(Entry::value)
                .map(value -> Long.parseLong(value.utf8()))
                .orElse(0L);
    }

    private String integrity() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma integrity_check")) {
            row.next();
            return row.getString(1);
        }
    }
}
