package dev.muster.store.simulation;

/** A seed failed. The message says why, how to replay it, and what happened last. */
public final class SimulationFailure extends AssertionError {

    private final long seed;

    SimulationFailure(long seed, String message, Throwable cause) {
        super(message, cause);
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }
}
