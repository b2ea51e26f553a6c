package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.Retrying;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of sessions, commits and watches when connections are killed, and the server stopped, wiped, locked. */
class OutageTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String PATH = "locks/a";
    private static final String CONNECTIONS =
            " from pg_stat_activity where application_name like 'muster%' and pid <> pg_backend_pid()";

    private PostgresServer server;
    private Store store;
    private Session session;
    private WatchRecorder seen;

    @BeforeEach
    void holdAnEntryAndWatch() {
        server = PostgresServer.start();
        store = Store.open(server.url());
        session = store.openSession(new SessionOptions(Duration.ofSeconds(30)), SOON);
        Commit own =
                Commit.in(PATH).as(session).putOwned("own", Bytes.utf8("1")).build();
        assertThat(store.commit(own, SOON).isApplied()).isTrue();
        seen = WatchRecorder.of(store, PATH);
        seen.awaitNames("own");
    }

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    private long apply(String name) {
        return Retrying.apply(store, () -> Commit.in(PATH).put(name, Bytes.utf8("1")));
    }

    private void kill(String which) {
        server.sql("select count(pg_terminate_backend(pid))" + CONNECTIONS + " and " + which);
    }

    private void awaitConnected() {
        Patience.await("the session is heard from again").until(() -> session.state() == Session.State.CONNECTED);
    }

    @Test
    void aCommitWhoseConnectionIsKilledIsSettledAsNeverApplied() throws Exception {
        try (Store other = Store.open(server.url() + "?timeout=30s")) {
            // Somebody holds the directory, so that the commit hangs in the server.
            CompletableFuture<String> holding = CompletableFuture.supplyAsync(
                    () -> server.sql("begin; update muster.directory set watched = watched; select pg_sleep(60)"));
            Patience.await("the lock is held")
                    .until(() -> server.sql("select count(*) from pg_stat_activity where query like '%pg_sleep%'"
                                    + " and wait_event = 'PgSleep'")
                            .equals("1"));
            Commit commit =
                    Commit.in(PATH).put("b", Bytes.utf8("1")).delete("own").build();
            CompletableFuture<CommitResult> hanging = other.commit(commit);
            String waiting = "wait_event_type = 'Lock'";
            Patience.await("the commit hangs")
                    .until(() -> server.sql("select count(*)" + CONNECTIONS + " and " + waiting)
                            .equals("1"));
            kill(waiting);
            Throwable failure = catchThrowable(() -> hanging.get(10, TimeUnit.SECONDS));
            assertThat(failure.getCause()).isInstanceOf(OutcomeUnknownException.class);
            assertThat(other.settle(commit).get(10, TimeUnit.SECONDS)).isInstanceOf(Settlement.Never.class);
            server.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
            assertThat(catchThrowable(holding::join)).isNotNull();
            apply("c");
            seen.awaitNames("own", "c");
        }
    }

    @Test
    void aKilledConnectionThatListensIsReplacedAtOnceAndNothingIsMissed() {
        for (int i = 0; i < 3; i++) {
            long beats = session.heartbeats();
            kill("application_name = 'muster keeper'");
            try (Store other = Store.open(server.url())) {
                Commit commit = Commit.in(PATH).put("b" + i, Bytes.utf8("1")).build();
                assertThat(other.commit(commit, SOON).isApplied()).isTrue();
            }
            String change = "b" + i;
            Patience.await("the change is told").until(() -> seen.view().names().contains(change));
            Patience.await("heartbeats go on at once", Duration.ofSeconds(5)).until(() -> session.heartbeats() > beats);
            awaitConnected();
        }
        seen.awaitNames("own", "b0", "b1", "b2");
        assertThat(session.mayOwn()).isTrue();
    }

    @Test
    void whenAllConnectionsAreKilledTheSessionAndItsEntriesStay() {
        for (int i = 0; i < 3; i++) {
            kill("true");
            apply("b" + i);
        }
        awaitConnected();
        seen.awaitNames("own", "b0", "b1", "b2");
        assertThat(session.mayOwn()).isTrue();
    }

    @Test
    void aRestartKeepsSessionsEntriesAndWatches() {
        long before = apply("b");
        server.restart();
        assertThat(apply("c")).isGreaterThan(before);
        awaitConnected();
        seen.awaitNames("own", "b", "c");
        assertThat(session.mayOwn()).isTrue();
        Commit own = Commit.in(PATH).as(session).putOwned("d", Bytes.utf8("1")).build();
        assertThat(store.commit(own, SOON).isApplied()).isTrue();
    }

    @Test
    void aCrashKeepsWhatWasAcknowledged() {
        long before = apply("b");
        server.kill();
        assertThatThrownBy(() -> store.list(PATH, SOON)).isInstanceOf(ConnectionException.class);
        server.restart();
        assertThat(apply("c")).isGreaterThan(before);
        awaitConnected();
        seen.awaitNames("own", "b", "c");
        assertThat(session.mayOwn()).isTrue();
    }

    @Test
    void aServerWithoutItsDataLosesSessionsAndRevisionsRise() {
        long before = apply("b");
        server.restartEmpty();
        Patience.await("the loss of the session", Duration.ofSeconds(20))
                .until(() -> session.state() == Session.State.LOST);
        assertThat(session.mayOwn()).isFalse();
        assertThat(apply("c")).isGreaterThan(before);
        seen.awaitNames("c");
        Session next = store.openSession(new SessionOptions(Duration.ofSeconds(30)), SOON);
        Commit own = Commit.in(PATH).as(next).putOwned("own", Bytes.utf8("1")).build();
        assertThat(store.commit(own, SOON).isApplied()).isTrue();
        seen.awaitNames("c", "own");
    }

    @Test
    void aDatabaseThatHasForgottenHeartbeatsLosesTheSession() {
        // As one that was restored from an older state has.
        server.sql("update muster.session set beats = -1");
        Patience.await("the loss of the session", Duration.ofSeconds(20))
                .until(() -> session.state() == Session.State.LOST);
        assertThat(session.mayOwn()).isFalse();
        seen.awaitNames();
    }

    @Test
    void aDatabaseThatTurnsReadOnlyIsToldAndSoIsItsReturn() {
        server.sql("alter system set default_transaction_read_only = on");
        server.sql("select pg_reload_conf()");
        Patience.await("commits are refused", Duration.ofSeconds(5))
                .untilAsserted(() -> assertThatThrownBy(() -> store.commit(
                                Commit.in(PATH).put("b", Bytes.utf8("1")).build(), SOON))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("read-only"));
        assertThatThrownBy(() -> Store.open(server.url()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("default_transaction_read_only");
        server.sql("alter system reset default_transaction_read_only");
        server.sql("select pg_reload_conf()");
        // Each process of the server reads its configuration again in its own time.
        Patience.await("commits are taken again")
                .ignoreExceptionsInstanceOf(StorageException.class)
                .until(() -> apply("c") > 0);
        awaitConnected();
        assertThat(session.mayOwn()).isTrue();
    }
}
