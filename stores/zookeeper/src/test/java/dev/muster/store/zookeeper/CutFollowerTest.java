package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.servers.ZooKeeperServer.Release;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;

/**
 * A follower that is cut off from its leader goes on answering the pings of its clients, for as long as its syncLimit: 10 s
 * here. The leader ends their sessions, which last for 4 s.
 */
class CutFollowerTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(4);
    private static final int OWNERS = 8;

    /** One session at the follower, and an entry that is wanted by others. */
    private static final class Owner {
        private final String directory;
        private final Session session;
        private final AtomicLong believed = new AtomicLong();
        private final AtomicLong gone = new AtomicLong();

        Owner(int number, Store store) {
            directory = "owned-" + number;
            session = store.openSession(new SessionOptions(TIMEOUT), DEADLINE);
            Commit commit = Commit.in(directory)
                    .as(session)
                    .putOwned("it", Bytes.utf8("1"))
                    .build();
            assertThat(store.commit(commit, DEADLINE).isApplied()).isTrue();
        }

        void look() {
            long now = System.nanoTime();
            if (session.mayOwn()) {
                believed.set(now);
            }
        }

        void watch(Store other) {
            other.watch(directory, WatchOptions.ALL, event -> {
                if (event instanceof WatchEvent.Changed changed
                        && !changed.removals().isEmpty()) {
                    gone.compareAndSet(0, System.nanoTime());
                }
            });
        }
    }

    @Test
    void whoOwnsByWayOfACutOffFollowerKnowsItsEndBeforeAnotherCanTakeOver() throws Exception {
        try (CutMember cut = new CutMember();
                ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start(Release.CLASS_PATH, cut, "syncLimit=20")) {
            ZooKeeperServer follower = ensemble.members().get(0);
            assertThat(follower.mode()).isEqualTo("follower");
            try (Store store = Store.open(follower.url());
                    Store other = Store.open(ensemble.leader().url());
                    Bare bare = new Bare(follower)) {
                List<Owner> owners = new ArrayList<>();
                long start = System.nanoTime();
                for (int i = 0; i < OWNERS; i++) {
                    // Heartbeats come each half second: the cut shall find them at different points.
                    long after = i * Duration.ofMillis(63).toNanos();
                    passed(start, after);
                    owners.add(new Owner(i, store));
                }
                owners.forEach(owner -> owner.watch(other));
                passed(System.nanoTime(), TIMEOUT.toNanos() * 3 / 4);
                owners.forEach(owner -> assertThat(owner.session.state()).isEqualTo(Session.State.CONNECTED));

                cut.cut();
                long cutAt = System.nanoTime();
                Patience.await("the leader ends all sessions of the follower").until(() -> {
                    owners.forEach(Owner::look);
                    return owners.stream().allMatch(owner -> owner.gone.get() != 0);
                });

                // Who trusts its pings believes still.
                assertThat(bare.isConnected()).isTrue();
                assertThat(follower.mode()).isEqualTo("follower");
                for (Owner owner : owners) {
                    assertThat(owner.believed.get() - cutAt)
                            .as("believed for %s of %s ms after the cut", owner.directory, since(cutAt, owner.gone))
                            .isPositive()
                            .isLessThan(owner.gone.get() - cutAt);
                    assertThat(owner.session.state()).isEqualTo(Session.State.LOST);
                    assertThat(other.commit(
                                            Commit.in(owner.directory)
                                                    .absent("it")
                                                    .put("it", Bytes.utf8("2"))
                                                    .build(),
                                            DEADLINE)
                                    .isApplied())
                            .isTrue();
                }
                cut.heal();
                Patience.await("the follower catches up")
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(store.list("owned-0", DEADLINE)
                                        .find("it")
                                        .orElseThrow()
                                        .value())
                                .isEqualTo(Bytes.utf8("2")));
                owners.forEach(owner -> assertThat(owner.session.state()).isEqualTo(Session.State.LOST));
            }
        }
    }

    private static long since(long start, AtomicLong moment) {
        return Duration.ofNanos(moment.get() - start).toMillis();
    }

    private static void passed(long start, long nanos) {
        Patience.await("time passes").until(() -> System.nanoTime() - start >= nanos);
    }

    /** ZooKeeper's client by itself, which believes as long as its pings are answered. */
    private static final class Bare implements AutoCloseable {
        private final ZooKeeper client;

        Bare(ZooKeeperServer server) throws IOException {
            client = new ZooKeeper(server.host() + ":" + server.port(), (int) TIMEOUT.toMillis(), event -> {});
            Patience.await("a bare client is connected").ignoreExceptions().until(this::isOwner);
        }

        private boolean isOwner() throws KeeperException, InterruptedException {
            client.create("/bare", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            return true;
        }

        boolean isConnected() {
            return client.getState() == ZooKeeper.States.CONNECTED;
        }

        @Override
        public void close() {
            try {
                client.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
