package dev.muster.coordination.lock;

/** How a lock is held. */
public enum LockMode {
    /** By one holder alone. */
    EXCLUSIVE("x-"),
    /** By any number of shared holders, and no exclusive one. */
    SHARED("s-");

    /** What the names of its entries begin with. */
    final String prefix;

    LockMode(String prefix) {
        this.prefix = prefix;
    }

    static boolean isRequest(String entryName) {
        return entryName.startsWith(EXCLUSIVE.prefix) || entryName.startsWith(SHARED.prefix);
    }
}
