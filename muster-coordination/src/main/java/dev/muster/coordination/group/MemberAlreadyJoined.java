package dev.muster.coordination.group;

import dev.muster.store.MusterException;

/** A member of this id is in the group already: ids are unique in a group. */
public final class MemberAlreadyJoined extends MusterException {
    public MemberAlreadyJoined(String message) {
        super(message, Retry.NEVER);
    }
}
