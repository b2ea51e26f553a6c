package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A node that is on a ring: what it is called, the bytes hashed for it, and a weight above 0. Immutable. */
final class RingNode {
    private final String name;
    private final byte[] key;
    private final int weight;

    RingNode(String name, byte[] key, int weight) {
        if (name.isEmpty() || key.length == 0) {
            throw new InvalidArgument("A node needs a name and a node key of one byte or more; the name is \"" + name
                    + "\", the key has " + key.length + " bytes");
        }
        this.name = name;
        this.key = key.clone();
        this.weight = weight;
    }

    String name() {
        return name;
    }

    /** The bytes themselves and no copy: not to be changed, nor handed to users. */
    byte[] key() {
        return key;
    }

    int weight() {
        return weight;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RingNode node
                && weight == node.weight
                && name.equals(node.name)
                && Arrays.equals(key, node.key);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + weight;
    }
}
