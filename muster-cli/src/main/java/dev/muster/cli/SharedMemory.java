package dev.muster.cli;

import dev.muster.store.Nonce;

/** Gives the memory store a name where it has none: without one, each client would be alone in a store of its own. */
final class SharedMemory {

    private SharedMemory() {}

    static String named(String url) {
        return url.equals("memory:") || url.equals("memory://") ? "memory://" + Nonce.next() : url;
    }
}
