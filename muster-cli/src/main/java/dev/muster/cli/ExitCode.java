package dev.muster.cli;

/** What the exit status of {@code muster} means. A command that was run gives its own instead. */
final class ExitCode {

    static final int OK = 0;

    /** The answer is no: lock busy, no leader, no such group, a promise broken. */
    static final int NEGATIVE = 1;

    /** The command line cannot be understood, or asks for what the store does not promise. */
    static final int USAGE = 2;

    /** The store cannot be reached, or cannot serve. */
    static final int STORE = 3;

    /** What the command ran under, a lock or an office, was lost. */
    static final int LOST = 4;

    /** A fault of this program. */
    static final int INTERNAL = 70;

    /** The command to run is there, but cannot be run. */
    static final int NOT_EXECUTABLE = 126;

    /** The command to run is not there. */
    static final int NOT_FOUND = 127;

    private ExitCode() {}
}
