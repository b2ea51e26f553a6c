package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;

/**
 * How a member takes part in a partitioned group. All members must use an equal ring, or they disagree on owners.
 *
 * @param weight how large this member's share is beside the others'; at least 1; default 1
 * @param ring an empty ring of the kind to use; default a {@link RendezvousHashRing}
 */
public record PartitionOptions(int weight, HashRing ring) {

    /** Weight 1 on a {@link RendezvousHashRing}. */
    public static final PartitionOptions DEFAULT = new PartitionOptions(1, RendezvousHashRing.empty());

    public PartitionOptions {
        if (weight < 1) {
            throw new InvalidArgument("weight of a member is " + weight + ": at least 1 is needed to own anything");
        }
        if (!ring.nodes().isEmpty()) {
            throw new InvalidArgument(
                    "ring for a partitioned group has " + ring.nodes().size() + " nodes: start from an empty one");
        }
    }

    public PartitionOptions withWeight(int newWeight) {
        return new PartitionOptions(newWeight, ring);
    }

    public PartitionOptions withRing(HashRing emptyRing) {
        return new PartitionOptions(weight, emptyRing);
    }
}
