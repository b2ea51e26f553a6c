package dev.muster.store;

/** A condition on the state before a commit's changes. The commit applies only where all its guards hold. */
public sealed interface Guard {

    String name();

    /** No entry has this name. */
    record Absent(String name) implements Guard {}

    /** An entry has this name. */
    record Present(String name) implements Guard {}

    /** The entry of this name was last put by the commit of this revision. */
    record At(String name, long revision) implements Guard {}

    /** The entry of this name is the incarnation that the commit of this revision created. */
    record Created(String name, long revision) implements Guard {}
}
