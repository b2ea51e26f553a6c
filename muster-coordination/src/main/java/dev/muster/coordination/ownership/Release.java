package dev.muster.coordination.ownership;

/** How giving up an ownership went. */
public enum Release {
    /** It was owned until now, and now is free. */
    RELEASED,
    /** It had been lost, or given up, before. Nobody else was disturbed. */
    ALREADY_LOST
}
