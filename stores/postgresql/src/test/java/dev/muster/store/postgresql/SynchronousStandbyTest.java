package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With a standby that confirms each commit, nothing that was acknowledged is lost, and nothing is without it. */
class SynchronousStandbyTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PATH = "locks/a";

    @Test
    void nothingIsAcknowledgedWithoutTheStandbyAndAllThatWasIsThereAfterAFailOver() throws Exception {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer standby = PostgresServer.startReplica(primary)) {
            primary.sql("alter system set synchronous_standby_names = '*'");
            primary.sql("select pg_reload_conf()");
            Patience.await("the standby confirms")
                    .until(() -> primary.sql("select count(*) from pg_stat_replication where sync_state = 'sync'")
                            .equals("1"));
            try (Store store = Store.open("postgresql://muster@127.0.0.1:" + primary.port() + ",127.0.0.1:"
                    + standby.port() + "/muster?timeout=2s")) {
                Session session = store.openSession(new SessionOptions(Duration.ofMinutes(2)), SOON);
                List<String> acknowledged = new ArrayList<>(List.of("own"));
                Retrying.apply(store, () -> Commit.in(PATH).as(session).putOwned("own", Bytes.utf8("1")));

                standby.kill();
                Commit waiting = Commit.in(PATH).put("waiting", Bytes.EMPTY).build();
                Throwable failure = catchThrowable(() -> store.commit(waiting).get(20, TimeUnit.SECONDS));
                assertThat(failure.getCause()).isInstanceOf(OutcomeUnknownException.class);
                Throwable second = catchThrowable(() -> store.commit(
                                Commit.in(PATH).put("second", Bytes.EMPTY).build())
                        .get(20, TimeUnit.SECONDS));
                assertThat(second.getCause()).isInstanceOf(MusterException.class);
                standby.restart();

                if (Retrying.get("its fate", SOON, () -> store.settle(waiting).join()) instanceof Settlement.Applied) {
                    acknowledged.add("waiting");
                }
                for (int i = 0; i < 20; i++) {
                    String name = "n" + i;
                    Retrying.apply(store, () -> Commit.in(PATH).put(name, Bytes.EMPTY));
                    acknowledged.add(name);
                }
                primary.kill();
                standby.promote();
                assertThat(Retrying.get("the new primary", SOON, () -> store.list(PATH, SOON))
                                .names())
                        .containsAll(acknowledged);
                // It would confirm nothing as long as it waited for a standby of its own.
                standby.sql("alter system reset synchronous_standby_names");
                standby.sql("select pg_reload_conf()");
                Patience.await("the session is heard from", Duration.ofSeconds(20))
                        .until(() -> session.state() == Session.State.CONNECTED);
                assertThat(session.mayOwn()).isTrue();
            }
        }
    }
}
