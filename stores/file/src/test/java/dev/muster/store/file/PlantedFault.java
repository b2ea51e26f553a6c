package dev.muster.store.file;

/** What the file engine gets wrong on purpose when it is opened as {@code planted:///DIR?fault=NAME}. */
public enum PlantedFault {
    /** A session never knows that its time has passed. */
    BELIEVES_FOR_EVER,
    /** Every commit is said to have the same revision. */
    SHARES_TOKENS,
    /** Who opened the store later is told lesser revisions. */
    LETS_TOKENS_FALL,
    /** A listing is that of the last time. */
    LISTS_THE_PAST,
    /** A watch falls silent after a few events. */
    LETS_WATCHES_END_STALE
}
