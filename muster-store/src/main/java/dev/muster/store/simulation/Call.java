package dev.muster.store.simulation;

/** What a simulated store asks its server: to name the message that a script loses or holds. */
public enum Call {
    COMMIT,
    SETTLE,
    LIST,
    DIRECTORIES,
    WATCH,
    /** Asks whether anything that a watch should have been told is missing. */
    VERIFY,
    OPEN_SESSION,
    HEARTBEAT,
    CLOSE_SESSION;

    /** How traces name its messages: made once, since a message is sent often. */
    final String request = name() + " →";

    final String reply = name() + " ←";
    final String timeout = name() + " unanswered";
}
