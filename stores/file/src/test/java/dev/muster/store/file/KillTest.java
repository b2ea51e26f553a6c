package dev.muster.store.file;

import static org.assertj.core.api.Assertions.assertThat;

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

    private void kill(int times) throws Exception {
        for (int killed = 0; killed < times; killed += AT_A_TIME) {
            List<ChildProcess> workers = new ArrayList<>();
            long[] acknowledged = new long[AT_A_TIME];
            for (int i = 0; i < AT_A_TIME; i++) {
                workers.add(FileWorker.start(directory));
                workers.get(i).send("hammer round" + killed + "/" + i);
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
            check("round" + killed + "/", acknowledged);
        }
        assertThat(integrity()).isEqualTo("ok");
    }

    private void check(String round, long[] acknowledged) {
        // Every second time nobody else has the store open, and what the killed left behind must be recovered.
        try (Store store = Store.open("file://" + directory)) {
            for (int i = 0; i < AT_A_TIME; i++) {
                Listing listing = store.list(round + i, Duration.ofSeconds(10));
                long x = number(listing, "x");
                assertThat(x).isEqualTo(number(listing, "y")).isGreaterThanOrEqualTo(acknowledged[i]);
                String path = round + i;
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
