package dev.muster.coordination.ownership;

/**
 * Orders the owners of one thing: every later owner has a greater token. What is written to on behalf of an owner keeps
 * the greatest token that it has seen and refuses smaller ones, so that a late writer does no harm. After Martin
 * Kleppmann, "How to do distributed locking", 2016.
 *
 * @param value a revision of the store
 */
public record FencingToken(long value) implements Comparable<FencingToken> {

    @Override
    public int compareTo(FencingToken other) {
        return Long.compare(value, other.value);
    }

    /** The decimal number. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
