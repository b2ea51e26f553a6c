package dev.muster.examples;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Election;
import dev.muster.coordination.fence.FencedDirectory;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.MultiLock;
import dev.muster.coordination.partition.HashRing;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.store.Bytes;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The code of the page on recipes. */
final class Recipes {

    private Recipes() {}

    static void locks(Coordinator coordinator) {
        DistributedLock lock = coordinator.lock("orders");
        try (LockHandle held = lock.acquire(Duration.ofSeconds(10))) {
            held.onLost(cause -> System.err.println("stop: " + cause));
            held.ifValid(() -> write("order 4711", held.token().value()));
        }
        Optional<LockHandle> now = lock.tryAcquire();
        now.ifPresent(LockHandle::close);
        Optional<LockHandle> reader = lock.shared().tryAcquire(Duration.ofSeconds(1));
        reader.ifPresent(LockHandle::release);
        try (MultiLock.Held both = coordinator.locks("a", "b").acquire(Duration.ofSeconds(10))) {
            System.out.println("holding both: " + both.isValid());
        }
    }

    static void groups(Coordinator coordinator) {
        Group workers = coordinator.group("workers");
        Membership membership = workers.joinOrCreate(Capabilities.of(Map.of("zone", "b", "cores", 8)));
        workers.watch(event -> System.out.println("news: " + event));
        membership.update(capabilities -> capabilities.with("cores", 16));
        workers.members().forEach(member -> System.out.println(member.id() + " can " + member.capabilities()));
        membership.release();
    }

    static void pulling(Coordinator coordinator) {
        Inbox<GroupEvent> inbox = new Inbox<>();
        coordinator.group("workers").watch(inbox);
        Optional<GroupEvent> next = inbox.poll(Duration.ofSeconds(1));
        next.ifPresent(event -> System.out.println("news: " + event));
    }

    static void elections(Coordinator coordinator) {
        Election election = coordinator.election("scheduler");
        Candidacy candidacy = election.run(leadership -> {
            leadership.onLost(cause -> System.err.println("no longer leading: " + cause));
            System.out.println("leading, term " + leadership.token());
        });
        election.observe(leader -> System.out.println("leader: " + leader));
        candidacy.leadership().ifPresent(leadership -> leadership.handOver("worker-2"));
        candidacy.close();
    }

    static void partitions(Coordinator coordinator) {
        try (Partitioner partitioner = coordinator.partition("shards", PartitionOptions.DEFAULT.withWeight(2))) {
            partitioner.onChange((HashRing ring) -> System.out.println("now among " + ring.nodes()));
            List<String> ownerAndStandBy = partitioner.ownersOf("customer 7", 2);
            System.out.println(ownerAndStandBy + ", mine: " + partitioner.belongsToSelf("customer 7"));
        }
    }

    static void fences(Coordinator coordinator, Store store) {
        try (LockHandle held = coordinator.lock("orders").acquire(Duration.ofSeconds(10))) {
            FencedDirectory orders = FencedDirectory.stamp(store, "orders/state", held.token(), Duration.ofSeconds(10));
            orders.commit(commit -> commit.put("4711", Bytes.utf8("shipped")));
        } catch (StaleToken later) {
            System.err.println("somebody else has taken over: " + later.getMessage());
        }
    }

    private static void write(String what, long token) {
        System.out.println(what + " written with token " + token);
    }
}
