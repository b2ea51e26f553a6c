package dev.muster.store.sql;

import dev.muster.store.Listing;

/**
 * A directory as it is.
 *
 * @param stale whether entries are in it whose owner has ended: they have to be reaped before it is shown
 */
public record Page(Listing listing, boolean stale) {}
