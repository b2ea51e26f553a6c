package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.servers.RedisServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** With {@code wait=1} nothing counts that no replica has confirmed. */
class WaitTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static Commit commit(String name) {
        return Commit.in("d").put(name, Bytes.utf8("1")).build();
    }

    private static RedisServer replicaOf(RedisServer primary) {
        return RedisServer.start(
                "--repl-diskless-sync-delay", "0", "--replicaof", primary.host(), String.valueOf(primary.port()));
    }

    private static void awaitReplicated(Store store) {
        Patience.await("a replica that confirms", Duration.ofSeconds(20)).until(() -> {
            try {
                return store.commit(commit("first"), DEADLINE).isApplied();
            } catch (OutcomeUnknownException e) {
                return false;
            }
        });
    }

    @Test
    void withoutItsReplicaCommitsAreUnknownSessionsEndAndAllIsMadeUpForLater() {
        try (RedisServer primary = RedisServer.start("--repl-diskless-sync-delay", "0");
                RedisServer replica = replicaOf(primary);
                Store store = Store.open(primary.url() + "?wait=1&timeout=5s")) {
            awaitReplicated(store);
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(4)), DEADLINE);
            Patience.await("heartbeats that count").until(() -> session.heartbeats() > 0);

            replica.kill();
            Commit sent = commit("second");
            long start = System.nanoTime();
            OutcomeUnknownException unknown =
                    catchThrowableOfType(OutcomeUnknownException.class, () -> store.commit(sent, DEADLINE));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(unknown.getCause())
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("confirmed by 0 replicas")
                    .hasMessageContaining("asks for 1");
            assertThatThrownBy(() -> store.settle(sent).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(ConnectionException.class)
                    .hasMessageContaining("confirmed by 0 replicas");
            assertThatThrownBy(() -> store.openSession(new SessionOptions(Duration.ofSeconds(4)), DEADLINE))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("confirmed by 0 replicas");
            Patience.await("the loss of a session whose heartbeats do not count")
                    .until(() -> session.state() == Session.State.LOST);

            replica.restart();
            awaitReplicated(store);
            assertThat(store.settle(sent).join()).isInstanceOf(Settlement.Applied.class);
            assertThat(store.list("d", DEADLINE).names()).contains("first", "second");
        }
    }
}
