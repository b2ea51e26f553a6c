package dev.muster.store;

/** Told of a session's changes. */
@FunctionalInterface
public interface SessionListener {

    void onState(Session.State state);

    /** A failure in the background: a heartbeat, a watch. Told once for a row of the same kind. */
    default void onFailure(MusterException failure) {}
}
