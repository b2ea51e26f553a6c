package dev.muster.store.zookeeper;

import static dev.muster.store.testkit.Retrying.apply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.servers.ZooKeeperServer.Release;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Three servers, of which some go. */
class FailoverTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    @Test
    void sessionsAndWatchesOutliveLeadersThatAreKilledAndNoAcknowledgedCommitIsLost() {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start(Release.CLASS_PATH);
                Store store = Store.open(ensemble.url());
                Store other = Store.open(ensemble.url())) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            apply(store, () -> Commit.in("d").as(session).putOwned("owned", Bytes.utf8("1")));
            WatchRecorder seen = WatchRecorder.of(other, "d");
            List<Long> revisions = new ArrayList<>();
            for (String round : List.of("0", "1", "2")) {
                revisions.add(apply(store, () -> Commit.in("d").put("before-" + round, Bytes.utf8("1"))));
                ZooKeeperServer killed = ensemble.killLeader();
                revisions.add(apply(store, () -> Commit.in("d").put("after-" + round, Bytes.utf8("1"))));
                ensemble.revive(killed);
            }
            assertThat(revisions).isSorted().doesNotHaveDuplicates();
            Patience.await("the session is heard of again").until(() -> session.state() == Session.State.CONNECTED);
            assertThat(session.mayOwn()).isTrue();
            assertThat(store.list("d", DEADLINE).names()).hasSize(7).contains("owned");
            seen.awaitStateOf(store, "d");
        }
    }

    @Test
    void aLeaderThatIsStoppedForLongTakesNoSessionAndDecidesNothingWhenItComesBack() {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start(Release.CLASS_PATH);
                Store store = Store.open(ensemble.url());
                Store other = Store.open(ensemble.url())) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Session session = store.openSession(new SessionOptions(Duration.ofSeconds(20)), DEADLINE);
                sessions.add(session);
                apply(store, () -> Commit.in("d").as(session).putOwned("of-" + session.id(), Bytes.utf8("1")));
            }
            WatchRecorder seen = WatchRecorder.of(other, "d");
            ZooKeeperServer old = ensemble.leader();
            old.process().pause();
            apply(store, () -> Commit.in("d").put("meanwhile", Bytes.utf8("1")));
            sessions.forEach(session -> Patience.await("a session is heard of again, by way of another server")
                    .until(() -> session.state() == Session.State.CONNECTED));
            old.process().resume();
            for (Session session : sessions) {
                apply(store, () -> Commit.in("d").as(session).put("of-" + session.id(), Bytes.utf8("2")));
            }
            ensemble.awaitWhole();
            assertThat(sessions).allMatch(Session::mayOwn);
            assertThat(store.list("d", DEADLINE).names()).hasSize(7).contains("meanwhile");
            seen.awaitStateOf(store, "d");
        }
    }

    @Test
    void aSessionThatAnElectionOutlastsIsLostAndItsEntriesGoToOthers() {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start(Release.CLASS_PATH);
                Store store = Store.open(ensemble.url());
                Store other = Store.open(ensemble.url())) {
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(1)), DEADLINE);
            List<Session.State> states = new CopyOnWriteArrayList<>();
            session.listen(states::add);
            apply(store, () -> Commit.in("d").as(session).putOwned("it", Bytes.utf8("1")));
            ZooKeeperServer[] followers = ensemble.members().stream()
                    .filter(member -> "follower".equals(member.mode()))
                    .toArray(ZooKeeperServer[]::new);
            for (ZooKeeperServer follower : followers) {
                follower.process().pause();
            }
            // No quorum is left, so that nobody ends it, and nobody else can take over either.
            Patience.await("the session gives up by itself").until(() -> !session.mayOwn());
            for (ZooKeeperServer follower : followers) {
                follower.process().resume();
            }
            Patience.await("its entry is gone")
                    .ignoreExceptionsInstanceOf(MusterException.class)
                    .until(() -> other.list("d", DEADLINE).find("it").isEmpty());
            apply(other, () -> Commit.in("d").put("it", Bytes.utf8("2")));
            assertThat(session.state()).isEqualTo(Session.State.LOST);
            Patience.await("its end is told").until(() -> states.contains(Session.State.LOST));
            assertThat(states.get(states.size() - 1)).isEqualTo(Session.State.LOST);
        }
    }

    @Test
    void whatBecameOfEachCommitIsKnownAfterLeadersWereKilledAndStopped() throws InterruptedException {
        try (ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start(Release.CLASS_PATH);
                Store store = Store.open(ensemble.url())) {
            Set<String> applied = new TreeSet<>();
            Set<String> never = new TreeSet<>();
            List<Commit> unknown = new ArrayList<>();
            AtomicBoolean enough = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                while (!enough.get()) {
                    Commit.Builder builder = Commit.in("d");
                    String name = builder.append("n-", Bytes.utf8("1"));
                    Commit commit = builder.build();
                    try {
                        store.commit(commit, DEADLINE);
                        applied.add(name);
                    } catch (OutcomeUnknownException e) {
                        unknown.add(commit);
                    } catch (MusterException e) {
                        never.add(name);
                    }
                }
            });
            writer.start();
            for (int round = 0; round < 2; round++) {
                ZooKeeperServer killed = ensemble.killLeader();
                ensemble.awaitLeader();
                ensemble.revive(killed);
                ZooKeeperServer stopped = ensemble.leader();
                stopped.process().pause();
                ensemble.awaitLeader();
                stopped.process().resume();
                ensemble.awaitWhole();
            }
            enough.set(true);
            writer.join();
            for (Commit commit : unknown) {
                String name = commit.changes().get(0).name();
                (Await.read(store.settle(commit), DEADLINE, "settle") instanceof Settlement.Applied ? applied : never)
                        .add(name);
            }
            assertThat(applied).isNotEmpty();
            assertThat(store.list("d", DEADLINE).entries())
                    .extracting(Entry::name)
                    .containsExactlyInAnyOrderElementsOf(applied)
                    .doesNotContainAnyElementsOf(never);
        }
    }
}
