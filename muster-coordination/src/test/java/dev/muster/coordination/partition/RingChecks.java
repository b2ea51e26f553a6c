package dev.muster.coordination.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** What every ring must hold to, as checks that {@link RingChecksTest} shows to fail on a ring that does not. */
final class RingChecks {
    static final int KEYS = 2_000;

    private RingChecks() {}

    static byte[] key(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    }

    /** From 2 to 20 nodes of odd names and weights from 1 to 5. */
    static Map<String, Integer> randomNodes(Random random) {
        Map<String, Integer> nodes = new TreeMap<>();
        int count = 2 + random.nextInt(19);
        while (nodes.size() < count) {
            nodes.put("n\u00e9-" + Integer.toString(random.nextInt(100_000), 36), 1 + random.nextInt(5));
        }
        return nodes;
    }

    /** The ring reached by adding the nodes one by one in random order, with detours over other weights and nodes. */
    static HashRing wander(HashRing empty, Map<String, Integer> nodes, Random random) {
        List<String> names = new ArrayList<>(nodes.keySet());
        Collections.shuffle(names, random);
        HashRing ring = empty;
        for (String name : names) {
            if (random.nextInt(3) == 0) {
                ring = ring.withNode("passing-" + name, 2).withNode(name, 1 + random.nextInt(5));
                ring = ring.withoutNode("passing-" + name);
            }
            ring = ring.withNode(name, nodes.get(name));
        }
        return ring;
    }

    static void agree(HashRing one, HashRing other) {
        assertThat(one.nodes()).isEqualTo(other.nodes());
        assertThat(one.size()).isEqualTo(other.size());
        for (int i = 0; i < KEYS; i++) {
            assertThat(one.owners(key(i), 3)).as("owners of %d", i).isEqualTo(other.owners(key(i), 3));
            assertThat(one.owner(key(i))).as("owner of %d", i).isEqualTo(other.owner(key(i)));
        }
    }

    /** Whatever moves between the two rings moves to or from one of {@code changed}. */
    static void onlyMovesKeysOf(Set<String> changed, HashRing before, HashRing after) {
        for (int i = 0; i < KEYS; i++) {
            String from = before.owner(key(i)).orElseThrow();
            String to = after.owner(key(i)).orElseThrow();
            if (!changed.contains(from) && !changed.contains(to)) {
                assertThat(to).as("owner of %d after %s changed", i, changed).isEqualTo(from);
            }
        }
    }

    /** The further owners of a key are those that own it when the nodes before them are gone or ignored. */
    static void failsOverInOrder(HashRing ring) {
        int all = ring.nodes().size();
        for (int i = 0; i < 50; i++) {
            List<String> owners = ring.owners(key(i), all);
            assertThat(owners).containsExactlyInAnyOrderElementsOf(ring.nodes().keySet());
            HashRing rest = ring;
            for (int gone = 0; gone < all; gone++) {
                List<String> left = owners.subList(gone, all);
                assertThat(rest.owner(key(i))).contains(left.get(0));
                assertThat(rest.owners(key(i), all)).isEqualTo(left);
                assertThat(ring.owners(key(i), all, owners.subList(0, gone))).isEqualTo(left);
                rest = rest.withoutNode(left.get(0));
            }
        }
    }

    static Map<String, Integer> shares(HashRing ring, int keys) {
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < keys; i++) {
            shares.merge(ring.owner(key(i)).orElseThrow(), 1, Integer::sum);
        }
        return shares;
    }
}
