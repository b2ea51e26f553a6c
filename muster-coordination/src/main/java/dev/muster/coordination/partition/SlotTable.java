package dev.muster.coordination.partition;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/**
 * The owner of each slot of a {@link RendezvousHashRing}: the node with the best score for it. Immutable once made.
 *
 * <p>A node's score for a slot is {@code -ln(u) / weight}, less being better, where u in (0, 1) is drawn from a 64-bit
 * hash of node and slot. So a node wins a slot with the probability of its weight over the sum of all weights, and
 * whether it beats another has nothing to do with any third.
 */
final class SlotTable {
    /** The fraction of the golden ratio, by which SplitMix64 steps. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private static final Hasher64 HASHER = Hashing.xxh3_64();

    private final RingNodes nodes;
    private final long[] seeds;
    private final int[] weights;
    private final int shift;
    private final char[] owners;

    private SlotTable(RingNodes nodes, int slots) {
        this.nodes = nodes;
        seeds = new long[nodes.size()];
        weights = new int[nodes.size()];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = hash(nodes.key(i));
            weights[i] = nodes.weight(i);
        }
        shift = Long.numberOfLeadingZeros(slots) + 1;
        owners = new char[slots];
    }

    static SlotTable empty(int slots) {
        return new SlotTable(RingNodes.NONE, slots);
    }

    static long hash(byte[] bytes) {
        return HASHER.hashBytesToLong(bytes);
    }

    RingNodes nodes() {
        return nodes;
    }

    int slots() {
        return owners.length;
    }

    int slot(long keyHash) {
        return (int) (mix(keyHash) >>> shift);
    }

    /** The number of the node that owns a slot; of no meaning while there are no nodes. */
    int owner(int slot) {
        return owners[slot];
    }

    /** The table for {@code next}: equal to one made anew, at the cost of what changed. */
    SlotTable change(RingNodes next) {
        SlotTable table = new SlotTable(next, owners.length);
        int[] nextIndexes = nodes.indexesIn(next);
        int[] newcomers = next.indexesNotIn(nextIndexes);
        if (newcomers.length >= next.size() - newcomers.length) {
            table.contestAll();
            return table;
        }
        table.inherit(owners, nextIndexes);
        for (int newcomer : newcomers) {
            table.challenge(newcomer);
        }
        return table;
    }

    /** Up to {@code count} nodes for a slot, best first, but for the flagged ones. */
    int[] ranking(int slot, int count, boolean[] flagged) {
        int[] ranked = new int[Math.min(count, seeds.length)];
        int size = 0;
        for (int node = 0; node < seeds.length; node++) {
            if (flagged[node]) {
                continue;
            }
            int place = size;
            while (place > 0 && beats(node, ranked[place - 1], slot)) {
                place--;
            }
            if (place < ranked.length) {
                size = Math.min(size + 1, ranked.length);
                System.arraycopy(ranked, place, ranked, place + 1, size - place - 1);
                ranked[place] = node;
            }
        }
        return Arrays.copyOf(ranked, size);
    }

    private void contestAll() {
        long[] draws = new long[seeds.length];
        for (int slot = 0; slot < owners.length && draws.length > 0; slot++) {
            owners[slot] = (char) winner(slot, draws);
        }
    }

    private void inherit(char[] formerOwners, int[] indexes) {
        long[] draws = new long[seeds.length];
        for (int slot = 0; slot < owners.length; slot++) {
            int heir = indexes[formerOwners[slot]];
            owners[slot] = (char) (heir >= 0 ? heir : winner(slot, draws));
        }
    }

    private void challenge(int newcomer) {
        for (int slot = 0; slot < owners.length; slot++) {
            if (beats(newcomer, owners[slot], slot)) {
                owners[slot] = (char) newcomer;
            }
        }
    }

    private int winner(int slot, long[] draws) {
        // Two loops and not one, because the JIT can then compute several draws at a time.
        for (int node = 0; node < draws.length; node++) {
            draws[node] = draw(node, slot);
        }
        int winner = 0;
        long best = draws[0];
        int weight = weights[0];
        for (int node = 1; node < draws.length; node++) {
            if (isBetter(draws[node], weights[node], best, weight)) {
                winner = node;
                best = draws[node];
                weight = weights[node];
            }
        }
        return winner;
    }

    private boolean beats(int node, int other, int slot) {
        long draw = draw(node, slot);
        long otherDraw = draw(other, slot);
        // Draws are equal if the hashes of the node keys are; then the order of the nodes decides.
        return isBetter(draw, weights[node], otherDraw, weights[other]) || (draw == otherDraw && node < other);
    }

    /** What a node draws for a slot, as 64 bits. Among nodes of one weight the greater draw has the better score. */
    private long draw(int node, int slot) {
        return mix(seeds[node] + (slot + 1) * GOLDEN);
    }

    private static boolean isBetter(long draw, int weight, long otherDraw, int otherWeight) {
        if (weight == otherWeight) {
            return Long.compareUnsigned(draw, otherDraw) > 0;
        }
        double u = unit(draw);
        double otherU = unit(otherDraw);
        // As 1 - u <= -ln(u) <= (1 - u) / u, most contests need no logarithm. The last factor is for rounding.
        if ((1 - u) * otherWeight * otherU > (1 - otherU) * weight * 1.000001) {
            return false;
        }
        int order = Double.compare(score(u, weight), score(otherU, otherWeight));
        return order < 0 || (order == 0 && Long.compareUnsigned(draw, otherDraw) > 0);
    }

    private static double score(double u, int weight) {
        // StrictMath and not Math, as all JVMs must come to the same bits.
        return -StrictMath.log(u) / weight;
    }

    private static double unit(long draw) {
        return ((draw >>> 12) + 0.5) * 0x1p-52;
    }

    /** The output function of SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators". */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
