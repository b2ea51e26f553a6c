package dev.muster.coordination.ownership;

/** Why an ownership ended without being given up. */
public enum Loss {
    /** The session that it belonged to has ended. */
    SESSION_LOST,
    /** Somebody else took it away: broke the lock, removed the member or the candidate. */
    TAKEN_AWAY
}
