package dev.muster.store;

/** A running watch. */
public interface Watch extends AutoCloseable {

    /** Ends it: no callback starts after this returns. Idempotent, never blocks. */
    @Override
    void close();
}
