package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A standby takes over from a primary that has died. */
class FailoverTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String PATH = "locks/a";

    private static long apply(Store store, String name) {
        return Retrying.apply(store, () -> Commit.in(PATH).put(name, Bytes.utf8("1")));
    }

    @Test
    void theStandbyIsFoundRevisionsRiseAndASessionIsThereWholeOrLost() {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer standby = PostgresServer.startReplica(primary);
                Store store = Store.open("postgresql://muster@127.0.0.1:" + primary.port() + ",127.0.0.1:"
                        + standby.port() + "/muster")) {
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(60)), SOON);
            Commit own =
                    Commit.in(PATH).as(session).putOwned("own", Bytes.utf8("1")).build();
            assertThat(store.commit(own, SOON).isApplied()).isTrue();
            WatchRecorder recorder = WatchRecorder.of(store, PATH);
            long before = apply(store, "b");
            Patience.await("the standby has it")
                    .until(() -> standby.sql("select count(*) from muster.entry where name = 'b'")
                            .equals("1"));

            primary.kill();
            standby.promote();

            assertThat(apply(store, "c")).isGreaterThan(before);
            Patience.await("the session knows", Duration.ofSeconds(20))
                    .until(() -> session.state() != Session.State.SUSPENDED);
            List<String> names = store.list(PATH, SOON).names();
            if (session.state() == Session.State.CONNECTED) {
                assertThat(names).containsExactly("own", "b", "c");
                assertThat(session.mayOwn()).isTrue();
            } else {
                assertThat(session.mayOwn()).isFalse();
            }
            recorder.awaitStateOf(store, PATH);
        }
    }
}
