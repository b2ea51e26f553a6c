package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The consistent-hash ring of OpenStack Tooz, bit for bit: members in Python and members on the JVM that know the same
 * nodes name the same owners. Take {@link RendezvousHashRing} where no such agreement is needed.
 *
 * <p>The method is that of Karger et al., "Consistent Hashing and Random Trees", STOC 1997. A node of weight w has
 * {@code partitions * w} points, point i being the digest of i + 1 copies of the node key, read as an unsigned
 * big-endian integer. A key belongs to the node of the first point strictly greater than the key's digest, or else of
 * the smallest point; further owners are the next distinct nodes in ascending order of points. When nodes come or go,
 * keys move to or from those nodes only, never between the others.
 *
 * <p>{@code partitions} and the digest are never stored with a group: all its members must be given the same. Shares
 * are rough: with the default of 32 points a node, one of ten nodes of equal weight commonly gets a fifth more or less
 * than a tenth of the keys.
 *
 * <p>Where points of two nodes coincide, the node with the greater key has the point. It takes node keys that repeat
 * one another, such as {@code 1} and {@code 11}. Avoid them: beside Tooz, as its owner is then up to the order in which
 * nodes were added, and with replicas, as a node that leaves may uncover a point of a node that was further down.
 *
 * <p>A lookup costs one digest of the key and a few nanoseconds; a change of nodes, one digest for each point that is
 * new and a copy of the rest.
 */
public final class ConsistentHashRing implements HashRing {
    /** Points of a node of weight 1, unless said otherwise: 32. */
    public static final int DEFAULT_PARTITIONS = 32;

    /** The digest unless said otherwise: MD5, for agreement and not for secrecy. */
    public static final String DEFAULT_DIGEST = "MD5";

    /** The most points that a ring may have: 1 048 576. Weights come from others, who must not exhaust our memory. */
    public static final int MAX_SIZE = 1 << 20;

    private final int partitions;
    private final RingDigest digest;
    private final RingNodes nodes;
    private final RingPoints points;

    private ConsistentHashRing(int partitions, RingDigest digest, RingNodes nodes, RingPoints points) {
        this.partitions = partitions;
        this.digest = digest;
        this.nodes = nodes;
        this.points = points;
    }

    /** A ring with no node, of {@value #DEFAULT_PARTITIONS} partitions, with MD5. */
    public static ConsistentHashRing empty() {
        return empty(DEFAULT_PARTITIONS);
    }

    /** A ring with no node, with MD5. Errors as {@link #empty(int, String)}. */
    public static ConsistentHashRing empty(int partitions) {
        return empty(partitions, DEFAULT_DIGEST);
    }

    /**
     * A ring with no node.
     *
     * @param partitions points of a node of weight 1, at least 1
     * @param digest the name of a {@link java.security.MessageDigest}, such as {@code MD5} or {@code SHA-256}
     * @throws InvalidArgument if {@code partitions} is less than 1, or the digest is not supported here
     */
    public static ConsistentHashRing empty(int partitions, String digest) {
        if (partitions < 1) {
            throw new InvalidArgument("A ring needs at least 1 partition a node, not " + partitions);
        }

        return new ConsistentHashRing(partitions, RingDigest.of(digest), RingNodes.NONE, RingPoints.NONE);
    }

    /** A ring of the given nodes and weights, of {@value #DEFAULT_PARTITIONS} partitions, with MD5. */
    public static ConsistentHashRing of(Map<String, Integer> weights) {
        return empty().withNodes(weights);
    }

    @Override
    public Map<String, Integer> nodes() {
        return nodes.weights();
    }

    /** How many distinct points the ring has. */
    @Override
    public int size() {
        return points.size();
    }

    /** Points of a node of weight 1. */
    public int partitions() {
        return partitions;
    }

    @Override
    public Optional<String> owner(byte[] key) {
        if (nodes.size() == 0) {
            return Optional.empty();
        }
        return nodes.answer(points.owner(points.following(digest.digest(key))));
    }

    @Override
    public List<String> owners(byte[] key, int replicas, Collection<String> ignoring) {
        if (replicas < 0) {
            throw new InvalidArgument("The number of replicas cannot be negative: " + replicas);
        }
        boolean[] passed = nodes.flags(ignoring);
        int[] found = new int[Math.min(replicas, nodes.size())];
        int count = 0;
        int position = points.following(digest.digest(key));
        for (int step = 0; step < points.size() && count < found.length; step++) {
            int owner = points.owner(position);
            if (!passed[owner]) {
                passed[owner] = true;
                found[count++] = owner;
            }
            position = position + 1 == points.size() ? 0 : position + 1;
        }
        return nodes.names(found, count);
    }

    @Override
    public ConsistentHashRing withNode(String name, int weight) {
        return change(nodes.with(name, weight));
    }

    @Override
    public ConsistentHashRing withNode(String name, byte[] nodeKey, int weight) {
        return change(nodes.with(name, nodeKey, weight));
    }

    @Override
    public ConsistentHashRing withNodes(Map<String, Integer> weights) {
        return change(nodes.exactly(weights));
    }

    @Override
    public ConsistentHashRing withoutNode(String name) {
        return change(nodes.without(name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConsistentHashRing ring
                && partitions == ring.partitions
                && digest.algorithm().equals(ring.digest.algorithm())
                && nodes.equals(ring.nodes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(partitions, digest.algorithm(), nodes);
    }

    @Override
    public String toString() {
        return "ConsistentHashRing[partitions=" + partitions + ", digest=" + digest.algorithm() + ", nodes=" + nodes()
                + "]";
    }

    RingPoints points() {
        return points;
    }

    private ConsistentHashRing change(RingNodes next) {
        if (next.equals(nodes)) {
            return this;
        }
        requireRoom(next);
        // A node that leaves uncovers the points that it shadowed, which are no longer known: start from nothing then.
        boolean isShadowing = points.size() < nodes.totalWeight() * partitions;
        int[] indexes = isShadowing ? none(nodes.size()) : nodes.indexesIn(next);
        PointList added = newPoints(next, next.indexesNotIn(indexes));
        return new ConsistentHashRing(partitions, digest, next, points.merge(indexes, added));
    }

    private PointList newPoints(RingNodes next, int[] newcomers) {
        int count = 0;
        for (int newcomer : newcomers) {
            count += partitions * next.weight(newcomer);
        }
        PointList result = new PointList(count);
        for (int newcomer : newcomers) {
            digest.addPoints(next.key(newcomer), partitions * next.weight(newcomer), newcomer, result);
        }
        return result;
    }

    private void requireRoom(RingNodes next) {
        if (next.totalWeight() > MAX_SIZE / partitions) {
            throw new InvalidArgument("The weights add up to " + next.totalWeight() + ", with " + partitions
                    + " partitions the most is " + MAX_SIZE / partitions
                    + "; use fewer partitions or smaller weights, above all for node " + next.heaviest());
        }
    }

    private static int[] none(int nodes) {
        int[] indexes = new int[nodes];
        Arrays.fill(indexes, -1);
        return indexes;
    }
}
