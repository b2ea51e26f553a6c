package dev.muster.coordination.group;

import dev.muster.store.MusterException;

/** There is no group of this name: create it, or join with joinOrCreate. */
public final class GroupNotFound extends MusterException {
    public GroupNotFound(String message) {
        super(message, Retry.NEVER);
    }
}
