package dev.muster.coordination.group;

import dev.muster.store.MusterException;

/** No member of this id is in the group. */
public final class MemberNotJoined extends MusterException {
    public MemberNotJoined(String message) {
        super(message, Retry.NEVER);
    }
}
