package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a ring, numbered from 0 in unsigned byte order of their keys, so that the numbers too depend on nothing
 * but the nodes. Immutable.
 */
final class RingNodes {
    static final RingNodes NONE = new RingNodes(List.of());

    private final List<RingNode> nodes;
    private final Map<String, Integer> indexes;
    private final Map<String, Integer> weights;
    private final List<Optional<String>> answers;
    private final long totalWeight;

    private RingNodes(List<RingNode> sorted) {
        nodes = sorted;
        indexes = new HashMap<>(sorted.size() * 2);
        weights = new LinkedHashMap<>(sorted.size() * 2);
        answers = new ArrayList<>(sorted.size());
        long sum = 0;
        for (RingNode node : sorted) {
            indexes.put(node.name(), indexes.size());
            weights.put(node.name(), node.weight());
            answers.add(Optional.of(node.name()));
            sum += node.weight();
        }
        totalWeight = sum;
    }

    int size() {
        return nodes.size();
    }

    Map<String, Integer> weights() {
        return Collections.unmodifiableMap(weights);
    }

    /** The name as the answer to a lookup, made once so that a lookup allocates nothing. */
    Optional<String> answer(int index) {
        return answers.get(index);
    }

    String name(int index) {
        return nodes.get(index).name();
    }

    byte[] key(int index) {
        return nodes.get(index).key();
    }

    int weight(int index) {
        return nodes.get(index).weight();
    }

    /** The name of a node than which none weighs more. */
    String heaviest() {
        return Collections.max(nodes, Comparator.comparingInt(RingNode::weight)).name();
    }

    long totalWeight() {
        return totalWeight;
    }

    /** The first {@code count} numbers in {@code chosen}, as names. */
    List<String> names(int[] chosen, int count) {
        String[] result = new String[count];
        for (int i = 0; i < count; i++) {
            result[i] = name(chosen[i]);
        }
        return List.of(result);
    }

    /** One flag a node, set for those named in {@code ignoring}. */
    boolean[] flags(Collection<String> ignoring) {
        boolean[] flags = new boolean[size()];
        for (String name : ignoring) {
            Integer index = indexes.get(name);
            if (index != null) {
                flags[index] = true;
            }
        }
        return flags;
    }

    /** For each node here its number in {@code next}, or -1 if it is gone there or has another weight or key. */
    int[] indexesIn(RingNodes next) {
        int[] result = new int[size()];
        for (int i = 0; i < result.length; i++) {
            Integer index = next.indexes.get(name(i));
            result[i] = index != null && next.nodes.get(index).equals(nodes.get(i)) ? index : -1;
        }
        return result;
    }

    /** The numbers here that do not occur in {@code indexes}. */
    int[] indexesNotIn(int[] indexes) {
        boolean[] occurs = new boolean[size()];
        for (int index : indexes) {
            if (index >= 0) {
                occurs[index] = true;
            }
        }
        int[] result = new int[size()];
        int count = 0;
        for (int i = 0; i < result.length; i++) {
            if (!occurs[i]) {
                result[count++] = i;
            }
        }
        return Arrays.copyOf(result, count);
    }

    RingNodes with(String name, int weight) {
        return with(name, keyOf(name), weight);
    }

    RingNodes with(String name, byte[] key, int weight) {
        List<RingNode> changed = new ArrayList<>(nodes);
        Integer index = indexes.get(name);
        if (index != null) {
            changed.remove((int) index);
        }
        if (weight > 0) {
            changed.add(new RingNode(name, key, weight));
        }
        return sorted(changed);
    }

    RingNodes without(String name) {
        Integer index = indexes.get(name);
        if (index == null) {
            throw new InvalidArgument("Node " + name + " is not on the ring, which has " + size() + " nodes");
        }
        List<RingNode> changed = new ArrayList<>(nodes);
        changed.remove((int) index);
        return new RingNodes(changed);
    }

    RingNodes exactly(Map<String, Integer> wanted) {
        List<RingNode> changed = new ArrayList<>(wanted.size());
        wanted.forEach((name, weight) -> {
            if (weight > 0) {
                changed.add(new RingNode(name, keyOf(name), weight));
            }
        });
        return sorted(changed);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RingNodes ringNodes && nodes.equals(ringNodes.nodes);
    }

    @Override
    public int hashCode() {
        return nodes.hashCode();
    }

    private byte[] keyOf(String name) {
        Integer index = indexes.get(name);
        return index == null ? name.getBytes(StandardCharsets.UTF_8) : key(index);
    }

    private static RingNodes sorted(List<RingNode> nodes) {
        nodes.sort((left, right) -> Arrays.compareUnsigned(left.key(), right.key()));
        for (int i = 1; i < nodes.size(); i++) {
            RingNode left = nodes.get(i - 1);
            RingNode right = nodes.get(i);
            if (Arrays.equals(left.key(), right.key())) {
                throw new InvalidArgument("Nodes " + left.name() + " and " + right.name()
                        + " have the same node key, so no ring can tell them apart; give one of them another key");
            }
        }
        return new RingNodes(nodes);
    }
}
