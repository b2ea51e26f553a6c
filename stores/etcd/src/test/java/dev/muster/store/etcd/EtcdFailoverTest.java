package dev.muster.store.etcd;

import static dev.muster.store.testkit.Retrying.apply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.EtcdCluster;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three servers, of which some go. */
class EtcdFailoverTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    @Test
    void sessionsAndWatchesOutliveTheLeaderAndNoAcknowledgedCommitIsLost() {
        try (EtcdCluster cluster = EtcdCluster.start(EtcdRelease.RECENT);
                Store store = Store.open(cluster.url());
                Store other = Store.open(cluster.url())) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            apply(store, () -> Commit.in("d").as(session).putOwned("owned", Bytes.utf8("1")));
            WatchRecorder seen = WatchRecorder.of(other, "d");
            List<Long> revisions = new ArrayList<>();
            for (String round : List.of("0", "1", "2")) {
                EtcdServer leader = cluster.leader();
                revisions.add(apply(store, () -> Commit.in("d").put("before-" + round, Bytes.utf8("1"))));
                leader.kill();
                revisions.add(apply(store, () -> Commit.in("d").put("after-" + round, Bytes.utf8("1"))));
                leader.restart();
            }
            assertThat(revisions).isSorted().doesNotHaveDuplicates();
            assertThat(session.state()).isEqualTo(Session.State.CONNECTED);
            assertThat(session.mayOwn()).isTrue();
            assertThat(store.list("d", DEADLINE).names()).hasSize(7).contains("owned");
            seen.awaitStateOf(store, "d");
        }
    }

    /** Stopped for twice the session's time: by its own clock the lease has ended. */
    @Test
    void aSessionOutlivesALeaderThatIsStoppedAndKnowsWhenThatOneEndsItOnItsReturn() {
        try (EtcdCluster cluster = EtcdCluster.start(EtcdRelease.RECENT);
                Store store = Store.open(cluster.url())) {
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(8)), DEADLINE);
            apply(store, () -> Commit.in("d").as(session).putOwned("owned", Bytes.utf8("1")));
            EtcdServer old = cluster.leader();
            old.process().pause();
            Patience.pass("twice the session's time without the old leader", Duration.ofSeconds(16));
            assertThat(session.mayOwn()).isTrue();
            assertThat(store.list("d", DEADLINE).names()).containsExactly("owned");
            old.process().resume();
            Patience.pass("what the old leader may still do", Duration.ofSeconds(3));
            boolean isThere = store.list("d", DEADLINE).names().contains("owned");
            assertThat(session.mayOwn()).isEqualTo(isThere);
            if (store.traits().contains(Trait.LEASE_SAFE)) {
                assertThat(isThere).isTrue();
            }
        }
    }

    @Test
    void aStoreThatLostItsDataIsAnotherOneWithGreaterRevisions() {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.RECENT);
                Store store = Store.open(server.url())) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            long before = apply(store, () -> Commit.in("d").as(session).putOwned("a", Bytes.utf8("1")));
            WatchRecorder seen = WatchRecorder.of(store, "d");
            seen.awaitNames("a");
            server.restartEmpty();
            Patience.await("the session is lost", Duration.ofSeconds(20))
                    .until(() -> session.state() == Session.State.LOST);
            Patience.await("the watch shows an empty directory", Duration.ofSeconds(20))
                    .until(() -> seen.view().entries().isEmpty());
            long after = apply(store, () -> Commit.in("d").put("b", Bytes.utf8("1")));
            assertThat(after).isGreaterThan(before);
            seen.awaitNames("b");
            try (Store fresh = Store.open(server.url())) {
                assertThat(apply(fresh, () -> Commit.in("d").put("c", Bytes.utf8("1"))))
                        .isGreaterThan(after);
            }
        }
    }

    @Test
    void aStoreThatIsRestoredFromABackupWhileAClientHasASessionIsAnotherOneWithGreaterRevisions() {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED);
                Store store = Store.open(server.url())) {
            apply(store, () -> Commit.in("d").put("kept", Bytes.utf8("1")));
            server.backUp();
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(30)), DEADLINE);
            long before = 0;
            for (int i = 0; i < 20; i++) {
                before = apply(store, () -> Commit.in("d").put("later", Bytes.utf8("1")));
            }
            WatchRecorder seen = WatchRecorder.of(store, "d");
            seen.awaitNames("kept", "later");
            server.restoreBackup();
            Patience.await("the session is lost", Duration.ofSeconds(20))
                    .until(() -> session.state() == Session.State.LOST);
            Patience.await("the watch shows what was restored", Duration.ofSeconds(20))
                    .until(() -> seen.view().names().equals(List.of("kept")));
            assertThat(apply(store, () -> Commit.in("d").put("b", Bytes.utf8("1"))))
                    .isGreaterThan(before);
            seen.awaitNames("kept", "b");
        }
    }
}
