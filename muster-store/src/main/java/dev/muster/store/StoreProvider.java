package dev.muster.store;

import java.util.Set;

/** Makes an engine known to {@link Store#open}: list the class in META-INF/services. */
public interface StoreProvider {

    /** The URI schemes that it opens, lower case. */
    Set<String> schemes();

    /** The options that its URIs take in their query. */
    Set<String> options();

    /** Opens the store. The URI's options have been checked against {@link #options()}. */
    Store open(StoreUri uri);
}
