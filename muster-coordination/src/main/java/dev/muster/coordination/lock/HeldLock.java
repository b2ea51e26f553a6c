package dev.muster.coordination.lock;

import dev.muster.coordination.internal.Owned;
import dev.muster.coordination.internal.Scope;
import dev.muster.store.Entry;
import dev.muster.store.Session;

/** The entry at the head of a lock's queue, or among the shared ones there. */
final class HeldLock extends Owned implements LockHandle {

    private final String name;
    private final LockMode mode;

    private HeldLock(
            Scope scope, Session session, String directory, String entry, long created, String name, LockMode mode) {
        super(scope, session, directory, entry, created);
        this.name = name;
        this.mode = mode;
    }

    static HeldLock begin(
            Scope scope, Session session, String directory, String entry, long created, String name, LockMode mode) {
        HeldLock held = new HeldLock(scope, session, directory, entry, created, name, mode);
        held.begin();
        return held;
    }

    @Override
    public String lockName() {
        return name;
    }

    @Override
    public LockMode mode() {
        return mode;
    }

    @Override
    protected String what() {
        return "lock " + name;
    }

    /** Somebody who would break the lock asks first: stop believing, then let go. */
    @Override
    protected void onPut(Entry own) {
        if (LockEntry.of(own).giveWay()) {
            takenAway();
            scope.commits().commit(this::giveUp, Long.MAX_VALUE);
        }
    }

    @Override
    public String toString() {
        return what() + " (" + mode + ", token " + token() + (isValid() ? ", held)" : ", not held)");
    }
}
