package dev.muster.benchmarks.peer;

/** The client's own round trip, without any library above it. */
abstract class BareLibrary implements Library {

    static final String OPTION = "raw";

    @Override
    public final String option() {
        return OPTION;
    }

    @Override
    public final boolean hasLocks() {
        return false;
    }
}
