package dev.muster.store;

/**
 * Receives a watch's events: first {@link WatchEvent.Listed}, then changes in revision order. Calls are serial. What it
 * throws is logged, and the watch goes on.
 */
@FunctionalInterface
public interface WatchListener {

    void onEvent(WatchEvent event);

    /** The watch has ended for good without being closed: the store was closed, or failed beyond repair. */
    default void onEnd(MusterException cause) {}
}
