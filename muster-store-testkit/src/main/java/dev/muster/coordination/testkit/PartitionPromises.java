package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.MemberAlreadyJoined;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.partition.ConsistentHashRing;
import dev.muster.coordination.partition.HashRing;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.coordination.partition.RendezvousHashRing;
import dev.muster.store.InvalidArgument;
import dev.muster.store.testkit.Patience;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sharing keys out among members. */
abstract class PartitionPromises extends RecipePromises {

    private static final List<PartitionOptions> RINGS = List.of(
            PartitionOptions.DEFAULT.withRing(RendezvousHashRing.empty()),
            PartitionOptions.DEFAULT.withRing(ConsistentHashRing.empty()));

    private static final int KEYS = 2_000;

    PartitionPromises(RecipeContract engine) {
        super(engine);
    }

    private Partitioner join(String id, PartitionOptions options) {
        return join(member(id), options);
    }

    private Partitioner join(Coordinator member, PartitionOptions options) {
        return closing(member.partition("p", options));
    }

    private static void awaitNodes(Partitioner partitioner, String... ids) {
        Patience.await("the ring has " + Set.of(ids))
                .until(() -> partitioner.ring().nodes().keySet().equals(Set.of(ids)));
    }

    private static Map<String, String> owners(HashRing ring) {
        Map<String, String> owners = new LinkedHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            owners.put("key-" + i, ring.owner("key-" + i).orElseThrow());
        }
        return owners;
    }

    @Test
    void toJoinAPartitionedGroupCreatesItAndPutsTheMemberOnItsRing() {
        Partitioner partitioner = join("one", PartitionOptions.DEFAULT);
        assertThat(partitioner.ring().nodes()).containsExactly(Map.entry("one", 1));
        assertThat(member("two").groups()).containsExactly("p");
        assertThat(partitioner.membership().isValid()).isTrue();
        assertThat(partitioner.belongsToSelf("any key")).isTrue();
    }

    @Test
    void everyRingGrowsAndShrinksWithTheGroup() {
        Partitioner one = join("one", PartitionOptions.DEFAULT);
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        awaitNodes(one, "one", "two");
        awaitNodes(two, "one", "two");
        Partitioner three = join("three", PartitionOptions.DEFAULT);
        Partitioner four = join("four", PartitionOptions.DEFAULT);
        for (Partitioner partitioner : List.of(one, two, three, four)) {
            awaitNodes(partitioner, "one", "two", "three", "four");
        }
        two.close();
        three.close();
        four.close();
        awaitNodes(one, "one");
    }

    @Test
    void weightsAreKnownToAll() {
        Partitioner five = join("five", PartitionOptions.DEFAULT.withWeight(5));
        assertThat(five.ring().nodes()).containsExactly(Map.entry("five", 5));
        Partitioner ten = join("ten", PartitionOptions.DEFAULT.withWeight(10));
        awaitNodes(five, "five", "ten");
        assertThat(five.ring().nodes()).containsEntry("ten", 10).containsEntry("five", 5);
        assertThat(ten.ring()).isEqualTo(five.ring());
    }

    @Test
    void aChangedWeightMovesToEveryRing() {
        Partitioner one = join("one", PartitionOptions.DEFAULT);
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        one.membership().update(now -> now.with(Partitioner.WEIGHT, 7));
        Patience.await("two knows the weight").until(() -> two.ring().nodes().equals(Map.of("one", 7, "two", 1)));
        one.membership().update(Capabilities.NONE);
        Patience.await("no weight is a weight of 1")
                .until(() -> two.ring().nodes().equals(Map.of("one", 1, "two", 1)));
        one.membership().update(now -> now.with(Partitioner.WEIGHT, 0));
        awaitNodes(two, "two");
    }

    @Test
    void aMemberThatIsNoPartitionerWeighsOne() {
        Partitioner one = join("one", PartitionOptions.DEFAULT.withWeight(3));
        member("plain").group("p").join(Capabilities.of("no map"));
        awaitNodes(one, "one", "plain");
        assertThat(one.ring().nodes()).containsEntry("plain", 1);
    }

    @Test
    void allMembersNameTheSameOwnersWhicheverJoinedFirst() {
        for (PartitionOptions options : RINGS) {
            List<Partitioner> all = new ArrayList<>();
            for (String id : List.of("c", "a", "d", "b")) {
                all.add(join(id, options));
            }
            all.forEach(partitioner -> awaitNodes(partitioner, "a", "b", "c", "d"));
            String key = "\u30ad\u30fc \uD83D\uDE00";
            Set<List<String>> answers = new HashSet<>();
            all.forEach(partitioner -> answers.add(partitioner.ownersOf(key, 3)));
            assertThat(answers).hasSize(1);
            List<String> owners = answers.iterator().next();
            assertThat(owners).hasSize(3).doesNotHaveDuplicates();
            assertThat(all.stream().filter(partitioner -> partitioner.belongsToSelf(key)))
                    .hasSize(1);
            assertThat(all).allMatch(partitioner -> partitioner.belongsTo(owners.get(0), key));
            assertThat(all).noneMatch(partitioner -> partitioner.belongsTo("nobody", key));
            assertThat(all.get(0).ownersOf(key.getBytes(StandardCharsets.UTF_8), 1, Set.of(owners.get(0))))
                    .containsExactly(owners.get(1));
            all.forEach(Partitioner::close);
        }
    }

    @Test
    void keysMoveOnlyToWhoJoinsAndOnlyFromWhoLeaves() {
        for (PartitionOptions options : RINGS) {
            Partitioner one = join("one", options);
            Partitioner two = join("two", options);
            awaitNodes(one, "one", "two");
            Map<String, String> before = owners(one.ring());
            Partitioner three = join("three", options);
            awaitNodes(one, "one", "two", "three");
            Map<String, String> during = owners(one.ring());
            assertThat(before.keySet())
                    .allSatisfy(key -> assertThat(during.get(key)).isIn(before.get(key), "three"));
            assertThat(during).containsValue("three");
            three.close();
            awaitNodes(one, "one", "two");
            assertThat(owners(one.ring())).isEqualTo(before);
            two.close();
            awaitNodes(one, "one");
            one.close();
        }
    }

    @Test
    void whoListensIsToldTheRingAfterEachChangeAndNoMoreOnceItDoesNot() {
        Partitioner one = join("one", PartitionOptions.DEFAULT);
        Inbox<HashRing> rings = new Inbox<>();
        Inbox<HashRing> cancelled = new Inbox<>();
        one.onChange(ring -> {
            throw new IllegalStateException("a listener that throws, as planned");
        });
        one.onChange(cancelled).cancel();
        one.onChange(rings);
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        assertThat(rings.poll(Patience.deadline()).orElseThrow().nodes()).containsOnlyKeys("one", "two");
        two.close();
        assertThat(rings.poll(Patience.deadline()).orElseThrow().nodes()).containsOnlyKeys("one");
        assertThat(cancelled.drain()).isEmpty();
    }

    @Test
    void anElectionOrALockOfTheSameNamePutsNobodyOnTheRing() {
        Coordinator one = member("one");
        Partitioner partitioner = join(one, PartitionOptions.DEFAULT);
        one.election("p").run(leadership -> {});
        one.lock("p").acquire(Patience.deadline());
        Patience.await("there is a leader")
                .until(() -> one.election("p").leader().isPresent());
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        awaitNodes(partitioner, "one", "two");
        assertThat(two.ring()).isEqualTo(partitioner.ring());
    }

    @Test
    void whoClosesItFollowsTheGroupNoMoreAndIsNoMember() {
        CountingStore counting = closing(new CountingStore(open()));
        Coordinator one = member("one", counting, options -> options);
        Partitioner partitioner = join(one, PartitionOptions.DEFAULT);
        partitioner.close();
        partitioner.close();
        assertThat(partitioner.belongsToSelf("any key")).isFalse();
        Patience.await("no watch is open").until(() -> counting.openWatches.get() == 0);
        assertThat(one.group("p").members()).isEmpty();
        assertThat(join(one, PartitionOptions.DEFAULT).belongsToSelf("any key")).isTrue();
    }

    @Test
    void aMemberIdJoinsOnce() {
        join("one", PartitionOptions.DEFAULT);
        Coordinator namesake = member("one");
        assertThatThrownBy(() -> namesake.partition("p", PartitionOptions.DEFAULT))
                .isInstanceOf(MemberAlreadyJoined.class);
    }

    @Test
    void aWeightOfNothingOrARingWithNodesIsRefused() {
        assertThatThrownBy(() -> PartitionOptions.DEFAULT.withWeight(0))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("weight");
        HashRing used = RendezvousHashRing.empty().withNode("one", 1);
        assertThatThrownBy(() -> PartitionOptions.DEFAULT.withRing(used))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("ring");
    }

    @Test
    void aMemberWhoseSessionEndsLosesItsKeysToTheOthers() {
        Coordinator one = member("one");
        Partitioner lost = join(one, PartitionOptions.DEFAULT);
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        awaitNodes(lost, "one", "two");
        expire(one);
        awaitNodes(two, "two");
        Patience.await("the lost one knows").until(() -> !lost.membership().isValid());
        assertThat(new TreeSet<>(owners(two.ring()).values())).containsExactly("two");
        assertThat(owners(lost.ring()).keySet()).noneMatch(lost::belongsToSelf);
    }

    @Test
    void aMemberThatRejoinsGetsKeysAgainUnderItsNewMembership() {
        Coordinator one = member("one", options -> options.rejoin(true));
        Partitioner partitioner = join(one, PartitionOptions.DEFAULT.withWeight(4));
        Partitioner two = join("two", PartitionOptions.DEFAULT);
        Membership old = partitioner.membership();
        expire(one);
        Patience.await("it is a member again")
                .until(() -> partitioner.membership() != old
                        && partitioner.membership().isValid());
        Patience.await("its weight is known").until(() -> two.ring().nodes().equals(Map.of("one", 4, "two", 1)));
        Patience.await("it owns keys again")
                .until(() -> owners(partitioner.ring()).keySet().stream().anyMatch(partitioner::belongsToSelf));
        assertThat(old.isValid()).isFalse();
        partitioner.close();
        awaitNodes(two, "two");
    }
}
