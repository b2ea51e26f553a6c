package dev.muster.coordination.group;

import dev.muster.store.MusterException;

/** A group with members cannot be deleted. */
public final class GroupNotEmpty extends MusterException {
    public GroupNotEmpty(String message) {
        super(message, Retry.NEVER);
    }
}
