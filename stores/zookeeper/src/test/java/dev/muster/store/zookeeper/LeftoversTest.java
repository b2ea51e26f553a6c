package dev.muster.store.zookeeper;

import static dev.muster.store.testkit.Retrying.apply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.servers.ZooKeeperServer.Release;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.StoreUri;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;

/** What clients that were killed left behind, and what is left where servers lost all. */
class LeftoversTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void whatAKilledClientLeftIsRemovedOnceItHasBeenGoneForLong() {
        ZooKeeperServer server = ZooKeeperServer.shared();
        try (ZooKeeperStore store = open(server);
                ZooKeeperStore living = open(server)) {
            Layout layout = new Layout("/muster");
            Handle handle = store.line().current();
            String killed = layout.clients() + "/killed";
            create(handle, killed);
            create(handle, killed + "/0");
            create(handle, killed + "/1");
            Settings settings = new Settings(StoreUri.parse(server.url()));

            Sweep patient = new Sweep(store.line(), settings, store.slots(), store.scheduler(), Duration.ofMinutes(1));
            sweep(patient, handle);
            sweep(patient, handle);
            assertThat(children(handle, killed)).hasSize(2);

            sweep(new Sweep(store.line(), settings, store.slots(), store.scheduler(), Duration.ZERO), handle);
            assertThat(handle.children(killed).join().code()).isEqualTo(Code.NONODE);
            assertThat(children(handle, living.slots().clientNode())).isNotEmpty();
            assertThat(children(handle, store.slots().clientNode())).isNotEmpty();
        }
    }

    @Test
    void aClientThatComesBackAfterItsSlotsWereSweptGoesOn() {
        ZooKeeperServer server = ZooKeeperServer.shared();
        try (ZooKeeperStore store = open(server)) {
            Handle handle = store.line().current();
            String own = store.slots().clientNode();
            for (String slot : children(handle, own)) {
                assertThat(handle.write(List.of(Op.delete(own + '/' + slot, -1)))
                                .join()
                                .code())
                        .isEqualTo(Code.OK);
            }
            assertThat(handle.write(List.of(Op.delete(own, -1))).join().code()).isEqualTo(Code.OK);
            Commit commit = Commit.in("swept").put("a", Bytes.utf8("1")).build();
            assertThat(store.commit(commit, DEADLINE).isApplied()).isTrue();
        }
    }

    @Test
    void aStoreWhoseServersLostAllIsAnotherOneWithGreaterRevisions() {
        try (ZooKeeperServer server = ZooKeeperServer.start(Release.DEBIAN);
                ZooKeeperStore store = open(server)) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            long before = apply(store, () -> Commit.in("d").as(session).putOwned("a", Bytes.utf8("1")));
            WatchRecorder seen = WatchRecorder.of(store, "d");
            seen.awaitNames("a");
            server.restartEmpty();
            Patience.await("the session is lost", LONG).until(() -> session.state() == Session.State.LOST);
            Patience.await("the watch shows an empty directory", LONG)
                    .until(() -> seen.view().entries().isEmpty());
            long after = apply(store, () -> Commit.in("d").put("b", Bytes.utf8("1")));
            assertThat(after).isGreaterThan(before);
            seen.awaitNames("b");
            Session next = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            assertThat(apply(store, () -> Commit.in("d").as(next).putOwned("c", Bytes.utf8("1"))))
                    .isGreaterThan(after);
            try (Store fresh = open(server)) {
                assertThat(fresh.list("d", DEADLINE).names()).containsExactly("b", "c");
                assertThat(fresh.list("d", DEADLINE).find("c").orElseThrow().ownerId())
                        .isEqualTo(next.id());
            }
        }
    }

    private static ZooKeeperStore open(ZooKeeperServer server) {
        return (ZooKeeperStore) Store.open(server.url());
    }

    private static void sweep(Sweep sweep, Handle handle) {
        Await.read(sweep.look(handle), DEADLINE, "sweep");
    }

    private static List<String> children(Handle handle, String node) {
        return Await.read(handle.children(node), DEADLINE, "list").names();
    }

    private static void create(Handle handle, String node) {
        Op creation = Op.create(node, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(handle.write(List.of(creation)).join().code()).isEqualTo(Code.OK);
    }
}
