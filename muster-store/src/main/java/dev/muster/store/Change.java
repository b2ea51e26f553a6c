package dev.muster.store;

/** One change of a commit. */
public sealed interface Change {

    String name();

    /**
     * Creates the entry, or sets its value and moves its revision. An entry that exists keeps its creating revision and
     * its owner.
     *
     * @param owned true: the commit's session owns the entry that this creates, and must own one that exists; false: an
     *     entry that this creates has no owner, and one that exists may have any
     */
    record Put(String name, Bytes value, boolean owned) implements Change {}

    /** Creates an entry whose name nobody has used before nor will again: the commit's nonce is in it. */
    record Append(String name, Bytes value, boolean owned) implements Change {}

    /** Removes the entry; of an absent name, does nothing. */
    record Delete(String name) implements Change {}
}
