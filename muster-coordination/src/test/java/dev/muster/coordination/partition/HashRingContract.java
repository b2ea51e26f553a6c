package dev.muster.coordination.partition;

import static dev.muster.coordination.partition.RingChecks.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.muster.store.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of {@link HashRing}, for each ring. The random cases are named by their seed. */
abstract class HashRingContract {
    private static final byte[] KEY = "fake".getBytes(StandardCharsets.UTF_8);

    abstract HashRing empty();

    HashRing ring(String... names) {
        HashRing ring = empty();
        for (String name : names) {
            ring = ring.withNode(name, 1);
        }
        return ring;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void ownersDoNotDependOnTheWayToTheSameNodes(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> nodes = RingChecks.randomNodes(random);
        HashRing wandered = RingChecks.wander(empty(), nodes, random);
        HashRing atOnce = empty().withNodes(nodes);
        RingChecks.agree(wandered, atOnce);
        assertThat(wandered).isEqualTo(atOnce).hasSameHashCodeAs(atOnce);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void aNodeThatComesOrGoesMovesNoKeyBetweenTheOthers(long seed) {
        Random random = new Random(seed);
        HashRing before = empty().withNodes(RingChecks.randomNodes(random));
        HashRing after = before.withNode("new", 1 + random.nextInt(5));
        RingChecks.onlyMovesKeysOf(Set.of("new"), before, after);
        String gone = before.nodes().keySet().iterator().next();
        RingChecks.onlyMovesKeysOf(Set.of(gone), before, before.withoutNode(gone));
        RingChecks.onlyMovesKeysOf(Set.of("new", gone), before, after.withoutNode(gone));
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void furtherOwnersAreThoseWhoTakeOverInTurn(long seed) {
        RingChecks.failsOverInOrder(empty().withNodes(RingChecks.randomNodes(new Random(seed))));
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void changingTheWeightMovesKeysTheRightWayOnly(long seed) {
        HashRing before = empty().withNodes(RingChecks.randomNodes(new Random(seed)));
        String changed = before.nodes().keySet().iterator().next();
        HashRing heavier = before.withNode(changed, 50);
        for (int i = 0; i < RingChecks.KEYS; i++) {
            assertThat(heavier.owner(key(i)).orElseThrow())
                    .isIn(changed, before.owner(key(i)).orElseThrow());
        }
        assertThat(RingChecks.shares(heavier, 2_000).get(changed))
                .isGreaterThan(RingChecks.shares(before, 2_000).getOrDefault(changed, 0));
        RingChecks.agree(before, heavier.withNode(changed, before.nodes().get(changed)));
    }

    @Test
    void aNodeWhoseWeightWasLoweredLeavesNothingBehind() {
        HashRing ring = ring("foo", "bar").withNode("baz", 10).withNode("baz", 1);
        RingChecks.agree(ring, ring("foo", "bar", "baz"));
        RingChecks.agree(ring.withoutNode("baz"), ring("foo", "bar"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aNodeWithoutWeightIsNotOnTheRing(int weight) {
        HashRing ring = ring("foo", "bar");
        assertThat(ring.withNode("baz", weight)).isEqualTo(ring);
        assertThat(ring.withNode("bar", weight)).isEqualTo(ring("foo"));
        assertThat(ring.withNodes(Map.of("foo", 1, "baz", weight))).isEqualTo(ring("foo"));
        assertThat(ring.withNode("bar", weight).owners(KEY, 2)).containsExactly("foo");
        assertThat(empty().withNode("foo", weight).owner(KEY)).isEmpty();
    }

    @Test
    void aRingWithoutNodesHasNoOwners() {
        assertThat(empty().nodes()).isEmpty();
        assertThat(empty().owner(KEY)).isEmpty();
        assertThat(empty().owners(KEY, 3)).isEmpty();
        RingChecks.agree(ring("foo").withoutNode("foo").withNode("bar", 1), ring("bar"));
        assertThat(ring("foo").withoutNode("foo").owner(KEY)).isEmpty();
    }

    @Test
    void anyNumberOfOwnersIsAnsweredWithTheNodesThereAre() {
        HashRing ring = ring("foo", "bar", "baz");
        assertThat(ring.owners(KEY, 0)).isEmpty();
        assertThat(ring.owners(KEY, 3)).containsExactlyInAnyOrder("foo", "bar", "baz");
        assertThat(ring.owners(KEY, Integer.MAX_VALUE)).isEqualTo(ring.owners(KEY, 3));
        assertThatExceptionOfType(InvalidArgument.class).isThrownBy(() -> ring.owners(KEY, -1));
    }

    @Test
    void ignoredNodesAreNeverOwners() {
        HashRing ring = ring("foo", "bar", "baz");
        assertThat(ring.owners(KEY, 3, List.of("foo"))).containsExactlyInAnyOrder("bar", "baz");
        assertThat(ring.owners(KEY, 1, List.of("foo", "bar"))).containsExactly("baz");
        assertThat(ring.owners(KEY, 2, List.of("foo", "bar", "baz"))).isEmpty();
        assertThat(ring.owners(KEY, 3, List.of("unknown"))).isEqualTo(ring.owners(KEY, 3));
    }

    @Test
    void theFirstOfTheOwnersIsTheOwner() {
        HashRing ring = ring("foo", "bar", "baz");
        for (int i = 0; i < RingChecks.KEYS; i++) {
            assertThat(ring.owner(key(i))).contains(ring.owners(key(i), 1).get(0));
            assertThat(ring.owner(Integer.toString(i))).isEqualTo(ring.owner(key(i)));
        }
    }

    @Test
    void aChangeLeavesTheRingItWasMadeFromAsItWas() {
        HashRing ring = ring("foo", "bar");
        HashRing same = ring("foo", "bar");
        assertThat(ring.withNode("baz", 1)).isNotEqualTo(ring);
        assertThat(ring.withoutNode("bar")).isNotEqualTo(ring);
        assertThat(ring.withNodes(Map.of())).isEqualTo(empty());
        RingChecks.agree(ring, same);
    }

    @Test
    void removingAnUnknownNodeIsAnErrorThatNamesIt() {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> ring("foo", "bar").withoutNode("baz"))
                .withMessageContaining("baz");
    }

    @Test
    void aNodeMayBeHashedByBytesThatAreNotItsName() {
        byte[] raw = {(byte) 0xff, 0, 1};
        HashRing ring = ring("foo").withNode("raw", raw, 1);
        raw[0] = 0;
        assertThat(ring.withNode("raw", 3).withNode("raw", 1))
                .as("the key survives a change of weight")
                .isEqualTo(ring);
        assertThat(ring.withNodes(Map.of("foo", 2, "raw", 1)).withNode("foo", 1))
                .as("the key survives a new set of nodes")
                .isEqualTo(ring);
        assertThat(ring).isNotEqualTo(ring("foo", "raw"));
        RingChecks.agree(ring, ring("foo").withNode("raw", new byte[] {(byte) 0xff, 0, 1}, 1));
    }

    @Test
    void nodesThatNoRingCanTellApartAreRefused() {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> ring("foo").withNode("other", "foo".getBytes(StandardCharsets.UTF_8), 1))
                .withMessageContaining("foo")
                .withMessageContaining("other");
        assertThatExceptionOfType(InvalidArgument.class).isThrownBy(() -> empty().withNode("", 1));
        assertThatExceptionOfType(InvalidArgument.class).isThrownBy(() -> empty().withNode("foo", new byte[0], 1));
    }

    @Test
    void nodesAreListedInTheOrderOfTheirKeysAndCannotBeChanged() {
        Map<String, Integer> nodes =
                ring("foo", "\u00e9", "bar").withNode("a", 7).nodes();
        assertThat(nodes.keySet()).containsExactly("a", "bar", "foo", "\u00e9");
        assertThat(nodes).containsEntry("a", 7);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> nodes.put("a", 1));
    }
}
