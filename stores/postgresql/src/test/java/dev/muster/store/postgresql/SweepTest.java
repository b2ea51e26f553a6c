package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Store;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rows of directories that have been empty for long are removed, as each client has it done now and then. */
class SweepTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final PostgresServer server = PostgresServer.shared();

    private static long apply(Store store, Commit.Builder commit) {
        return ((CommitResult.Applied) store.commit(commit.build(), SOON)).revision();
    }

    private String rows() {
        return server.sql("select string_agg(convert_from(name, 'UTF8'), ' ' order by name) from swept.directory");
    }

    @Test
    void anEmptyDirectoryLeavesNoRowAndItsRevisionsRiseStill() {
        try (Store store = Store.open(server.url() + "?schema=swept")) {
            apply(store, Commit.in("kept").put("a", Bytes.utf8("1")));
            apply(store, Commit.in("emptied").put("a", Bytes.utf8("1")));
            long last = apply(store, Commit.in("emptied").delete("a"));
            WatchRecorder recorder = WatchRecorder.of(store, "watched").awaitListed();
            // Those that are empty for an hour are due: here, those that are.
            assertThat(server.sql("select swept.sweep(0, 2, 0)")).isNotEmpty();
            server.sql("select swept.sweep(2, 1000, 0)");
            assertThat(rows()).isEqualTo("kept watched");
            assertThat(store.list("emptied", SOON).revision()).isGreaterThanOrEqualTo(last);
            assertThat(apply(store, Commit.in("emptied").put("b", Bytes.utf8("1"))))
                    .isGreaterThan(last);
            apply(store, Commit.in("watched").put("a", Bytes.utf8("1")));
            recorder.awaitNames("a");
        }
    }
}
