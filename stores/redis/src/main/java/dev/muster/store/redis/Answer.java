package dev.muster.store.redis;

/** The first number of a script's answer. */
final class Answer {

    static final long APPLIED = 1;
    static final long REFUSED = 2;
    static final long SESSION_ENDED = 3;
    static final long WRONG_OWNER = 4;
    static final long TOO_MANY_NAMES = 5;

    /** The store or this client is not the one that the command was meant for: it did nothing. */
    static final long STRANGER = 6;

    private Answer() {}
}
