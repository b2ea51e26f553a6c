package dev.muster.coordination.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checks catch a ring that is none: the remainder of a hash, over nodes in the order in which they came. */
class RingChecksTest {
    private final HashRing ring =
            new RemainderRing(Map.of()).withNode("b", 1).withNode("a", 1).withNode("c", 1);

    @Test
    void aRingThatRemembersItsPastIsCaught() {
        HashRing other =
                new RemainderRing(Map.of()).withNode("a", 1).withNode("b", 1).withNode("c", 1);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> RingChecks.agree(ring, other));
        assertThat(RingChecks.wander(ring.withNodes(Map.of()), Map.of("a", 1, "b", 2), new Random(1))
                        .nodes())
                .isEqualTo(Map.of("a", 1, "b", 2));
    }

    @Test
    void aRingThatMovesTheKeysOfUnchangedNodesIsCaught() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> RingChecks.onlyMovesKeysOf(Set.of("new"), ring, ring.withNode("new", 1)));
    }

    @Test
    void aRingWhoseFurtherOwnersDoNotTakeOverIsCaught() {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> RingChecks.failsOverInOrder(ring));
    }

    private record RemainderRing(Map<String, Integer> nodes) implements HashRing {
        @Override
        public int size() {
            return nodes.size();
        }

        @Override
        public Optional<String> owner(byte[] key) {
            return owners(key, 1).stream().findFirst();
        }

        @Override
        public List<String> owners(byte[] key, int replicas, Collection<String> ignoring) {
            List<String> names = new ArrayList<>(nodes.keySet());
            int first = names.isEmpty()
                    ? 0
                    : Math.floorMod(new String(key, StandardCharsets.UTF_8).hashCode(), names.size());
            return Stream.concat(names.subList(first, names.size()).stream(), names.subList(0, first).stream())
                    .filter(name -> !ignoring.contains(name))
                    .limit(replicas)
                    .toList();
        }

        @Override
        public HashRing withNode(String name, int weight) {
            Map<String, Integer> changed = new LinkedHashMap<>(nodes);
            changed.put(name, weight);
            return new RemainderRing(changed);
        }

        @Override
        public HashRing withNode(String name, byte[] nodeKey, int weight) {
            return withNode(name, weight);
        }

        @Override
        public HashRing withNodes(Map<String, Integer> weights) {
            return new RemainderRing(new LinkedHashMap<>(weights));
        }

        @Override
        public HashRing withoutNode(String name) {
            Map<String, Integer> changed = new LinkedHashMap<>(nodes);
            changed.remove(name);
            return new RemainderRing(changed);
        }
    }
}
