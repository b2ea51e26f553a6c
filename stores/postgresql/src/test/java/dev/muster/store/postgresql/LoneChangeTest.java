package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What one plain statement does, beside what goes on while it waits. */
class LoneChangeTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.url() + "?schema=lone_" + System.nanoTime();

    private Connection neighbour() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + server.host() + ":" + server.port() + "/muster?user=muster");
    }

    private static Session session(Store store) {
        return store.openSession(new SessionOptions(Duration.ofSeconds(20)), SOON);
    }

    private static Commit append(Session session) {
        Commit.Builder builder = Commit.in("d").as(session);
        builder.appendOwned("x-", Bytes.utf8("1"));
        return builder.build(Commit.Reply.NAMES);
    }

    /** As another client does it, while this one waits for the row of the directory. */
    private CompletableFuture<CommitResult> whileItWaits(Store store, Commit commit, String meanwhile)
            throws SQLException {
        String schema = url.substring(url.indexOf('=') + 1);
        try (Connection other = neighbour();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select 1 from " + schema + ".directory where name = 'd' for update");
            CompletableFuture<CommitResult> sent = store.commit(commit);
            Patience.await("a commit that waits for the directory")
                    .until(() -> !server.sql("select pid from pg_stat_activity where wait_event_type = 'Lock'"
                                    + " and query like '%" + schema + "%'")
                            .isEmpty());
            server.sql(meanwhile.replace("SCHEMA", schema));
            other.rollback();
            return sent;
        }
    }

    @Test
    void anAppendOfASessionThatEndsWhileItWaitsIsNotApplied() throws SQLException {
        try (Store store = Store.open(url)) {
            Session session = session(store);
            Session next = session(store);
            assertThat(store.commit(append(session), SOON).isApplied()).isTrue();
            CompletableFuture<CommitResult> sent = whileItWaits(
                    store, append(session), "select SCHEMA.\"end\"('" + Expiry.uuid(session) + "', false)");
            assertThatThrownBy(() -> Await.read(sent, SOON, "commit")).isInstanceOf(SessionLostException.class);
            assertThat(store.list("d", SOON).names()).isEmpty();
            assertThat(store.commit(append(next), SOON).isApplied()).isTrue();
            assertThat(store.commit(append(next), SOON).isApplied()).isTrue();
            assertThat(store.list("d", SOON).names()).hasSize(2);
        }
    }

    @Test
    void aDeleteOfWhatIsGoneWhenItsTurnComesIsRefused() throws SQLException {
        try (Store store = Store.open(url)) {
            Session session = session(store);
            CommitResult.Applied appended = (CommitResult.Applied) store.commit(append(session), SOON);
            String name = store.list("d", SOON).names().get(0);
            Commit delete = Commit.in("d")
                    .created(name, appended.revision())
                    .delete(name)
                    .build();
            CompletableFuture<CommitResult> sent = whileItWaits(store, delete, "delete from SCHEMA.entry");
            assertThat(Await.read(sent, SOON, "commit").isApplied()).isFalse();
        }
    }
}
