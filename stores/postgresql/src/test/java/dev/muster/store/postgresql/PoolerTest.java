package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.PgBouncer;
import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A PgBouncer between client and server. */
class PoolerTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final PostgresServer server = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "statement"})
    void oneThatSharesConnectionsIsRefusedByName(String mode) {
        try (PgBouncer pooler = PgBouncer.start(server, mode)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                long start = System.nanoTime();
                Throwable refusal =
                        catchThrowable(() -> Store.open(pooler.url()).close());
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.scaled(SOON));
                assertThat(refusal)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("pooler")
                        .hasMessageContaining("session mode");
            }
        }
    }

    @Test
    void oneInSessionModeIsAsGoodAsNone() {
        try (PgBouncer pooler = PgBouncer.start(server, "session");
                Store store = Store.open(pooler.url());
                Store direct = Store.open(server.url())) {
            WatchRecorder recorder = WatchRecorder.of(store, "pooled");
            Commit commit = Commit.in("pooled").put("a", Bytes.utf8("1")).build();
            assertThat(direct.commit(commit, SOON).isApplied()).isTrue();
            // Told by way of the pooler, of a change that another made.
            recorder.awaitNames("a");
            Commit delete = Commit.in("pooled").delete("a").build();
            assertThat(store.commit(delete, SOON).isApplied()).isTrue();
        }
    }
}
