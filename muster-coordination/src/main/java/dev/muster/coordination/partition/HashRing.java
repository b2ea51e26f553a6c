package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Maps keys to nodes so that members who know the same nodes name the same owner without talking to one another, and so
 * that a change of nodes moves few keys.
 *
 * <p>A ring is an immutable value: {@code withNode} and its like return another ring and leave this one as it is. The
 * owner of a key depends on the ring's kind and settings and on its nodes, never on the order in which nodes came or
 * went. Rings of one kind, with equal settings and nodes, are equal. All methods are safe for use by many threads, do
 * no I/O and take no lock.
 *
 * <p>A node is known by its name. What is hashed for it is its <em>node key</em>: the UTF-8 bytes of the name, or bytes
 * given beside the name for nodes whose identity elsewhere is not text. Its weight says how large a share of the keys it
 * gets compared with the others. A node with a weight of 0 or less is not on the ring at all.
 */
public interface HashRing {

    /** The nodes and their weights, all above 0, in unsigned byte order of the node keys. Unmodifiable. */
    Map<String, Integer> nodes();

    /** The resolution of the ring: how many points it has, or slots. What is counted is said by the ring's class. */
    int size();

    /** The owner of {@code key}; empty only if the ring has no node. */
    Optional<String> owner(byte[] key);

    /** The owner of the UTF-8 bytes of {@code key}; empty only if the ring has no node. */
    default Optional<String> owner(String key) {
        return owner(key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The nodes for {@code key}, best first: the owner, then the one that would own the key without it, and so on.
     *
     * @param replicas how many distinct nodes; all that there are, if there are fewer
     * @param ignoring nodes to pass over; names not on the ring have no effect
     * @return distinct nodes, unmodifiable; empty if {@code replicas} is 0 or no node is left
     * @throws InvalidArgument if {@code replicas} is negative
     */
    List<String> owners(byte[] key, int replicas, Collection<String> ignoring);

    /** As {@link #owners(byte[], int, Collection)}, ignoring none. */
    default List<String> owners(byte[] key, int replicas) {
        return owners(key, replicas, Set.of());
    }

    /**
     * This ring with {@code name} at {@code weight}. A node of that name changes its weight and keeps its key; a new one
     * gets the UTF-8 bytes of the name for a key. A weight of 0 or less takes the node off, or has no effect if it is
     * not on the ring: the way to remove without knowing.
     *
     * @throws InvalidArgument if the name is empty, another node has the same key, or the ring would grow
     *     beyond what its class allows
     */
    HashRing withNode(String name, int weight);

    /**
     * This ring with {@code name} hashed by {@code nodeKey} and not by its UTF-8 bytes. Else as
     * {@link #withNode(String, int)}.
     *
     * @throws InvalidArgument also if {@code nodeKey} is empty
     */
    HashRing withNode(String name, byte[] nodeKey, int weight);

    /**
     * This ring with exactly the nodes in {@code weights}, by name. Nodes that stay as they are keep their key and cost
     * no work, so this is how to follow a group from one snapshot of its members to the next.
     *
     * @throws InvalidArgument as {@link #withNode(String, int)}
     */
    HashRing withNodes(Map<String, Integer> weights);

    /**
     * This ring without {@code name}.
     *
     * @throws InvalidArgument if no such node is on the ring; the message names it
     */
    HashRing withoutNode(String name);
}
