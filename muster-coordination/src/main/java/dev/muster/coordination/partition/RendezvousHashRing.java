package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fast ring, for fleets that need not agree with anything older: a lookup is a hash and a read from a table.
 *
 * <p>The table is the idea of Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016:
 * keys hash to one of a fixed number of slots, and each slot has an owner. How slots get their owners is not Maglev's:
 * each goes to the node that scores best for it (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit
 * Rates", 1998; with weights, Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005). The reason is
 * what a change of nodes costs. Maglev's table gives all nodes the same number of slots, but has to move some slots
 * between nodes that stay (0.2 to 0.6 % of 65 537 slots when one node joins 10 to 100, measured), and its further owners
 * of a slot shift too. Here no slot ever moves but to or from the node that changed, neither its owner nor the further
 * ones, and a table can be brought up to date instead of filled anew. Moving what a node owns is dear; a share that is
 * off by a few per cent is not, and the number of slots makes it as fair as one likes.
 *
 * <p>The share of a node with the fraction f of all weights is f give or take, as a standard deviation,
 * {@code sqrt((1 - f) / (f * slots))} of itself: with the default of {@value #DEFAULT_SLOTS} slots that is 0.8 % among
 * ten equal nodes and 2.7 % among a hundred.
 *
 * <p>Further owners of a key, and owners where some nodes are ignored, are the next best for the key's slot; finding
 * them takes time in proportion to the number of nodes. So does making a table anew, for each slot; adding or removing a
 * node takes about two hashes a slot, however many nodes there are. The table takes two bytes a slot.
 *
 * <p>Owners are the same on every JVM. Node keys and keys are hashed with XXH3 (64 bits, seed 0).
 */
public final class RendezvousHashRing implements HashRing {
    /** Slots unless said otherwise: 131 072, which take 256 KiB. */
    public static final int DEFAULT_SLOTS = 1 << 17;

    /** The most nodes that a ring may have. */
    public static final int MAX_NODES = Character.MAX_VALUE;

    private static final int MIN_SLOTS = 1 << 8;
    private static final int MAX_SLOTS = 1 << 24;

    private final RingNodes nodes;
    private final SlotTable table;

    private RendezvousHashRing(SlotTable table) {
        this.nodes = table.nodes();
        this.table = table;
    }

    /** A ring with no node, of {@value #DEFAULT_SLOTS} slots. */
    public static RendezvousHashRing empty() {
        return empty(DEFAULT_SLOTS);
    }

    /**
     * A ring with no node. All members of a fleet must be given the same number of slots.
     *
     * @param slots a power of two from 256 to 16 777 216; a few thousand times the number of nodes is plenty
     * @throws InvalidArgument if it is another number
     */
    public static RendezvousHashRing empty(int slots) {
        if (slots < MIN_SLOTS || slots > MAX_SLOTS || Integer.bitCount(slots) != 1) {
            throw new InvalidArgument("The number of slots must be a power of two from " + MIN_SLOTS + " to "
                    + MAX_SLOTS + ", not " + slots);
        }
        return new RendezvousHashRing(SlotTable.empty(slots));
    }

    /** A ring of the given nodes and weights, of {@value #DEFAULT_SLOTS} slots. */
    public static RendezvousHashRing of(Map<String, Integer> weights) {
        return empty().withNodes(weights);
    }

    /** The hash of a key for {@link #owner(long)}. */
    public static long keyHash(byte[] key) {
        return SlotTable.hash(key);
    }

    @Override
    public Map<String, Integer> nodes() {
        return nodes.weights();
    }

    /** How many slots the table has, however many nodes there are. */
    @Override
    public int size() {
        return table.slots();
    }

    /**
     * The owner of a key by its hash, from {@link #keyHash} or elsewhere: numbers that do not look random, such as
     * serial ones, do as well. Allocates nothing.
     */
    public Optional<String> owner(long keyHash) {
        return nodes.size() == 0 ? Optional.empty() : nodes.answer(table.owner(table.slot(keyHash)));
    }

    @Override
    public Optional<String> owner(byte[] key) {
        return owner(keyHash(key));
    }

    @Override
    public List<String> owners(byte[] key, int replicas, Collection<String> ignoring) {
        if (replicas < 0) {
            throw new InvalidArgument("The number of replicas cannot be negative: " + replicas);
        }
        int[] ranking = table.ranking(table.slot(keyHash(key)), replicas, nodes.flags(ignoring));
        return nodes.names(ranking, ranking.length);
    }

    @Override
    public RendezvousHashRing withNode(String name, int weight) {
        return change(nodes.with(name, weight));
    }

    @Override
    public RendezvousHashRing withNode(String name, byte[] nodeKey, int weight) {
        return change(nodes.with(name, nodeKey, weight));
    }

    @Override
    public RendezvousHashRing withNodes(Map<String, Integer> weights) {
        return change(nodes.exactly(weights));
    }

    @Override
    public RendezvousHashRing withoutNode(String name) {
        return change(nodes.without(name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RendezvousHashRing ring && size() == ring.size() && nodes.equals(ring.nodes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(size(), nodes);
    }

    @Override
    public String toString() {
        return "RendezvousHashRing[slots=" + size() + ", nodes=" + nodes() + "]";
    }

    private RendezvousHashRing change(RingNodes next) {
        if (next.equals(nodes)) {
            return this;
        }
        if (next.size() > MAX_NODES) {
            throw new InvalidArgument(
                    "A ring holds at most " + MAX_NODES + " nodes; this change would make it " + next.size());
        }
        return new RendezvousHashRing(table.change(next));
    }
}
