package dev.muster.coordination.group;

import dev.muster.store.MusterException;

/** A group of this name is there already. */
public final class GroupAlreadyExists extends MusterException {
    public GroupAlreadyExists(String message) {
        super(message, Retry.NEVER);
    }
}
