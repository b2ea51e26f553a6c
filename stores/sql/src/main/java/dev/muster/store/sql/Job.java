package dev.muster.store.sql;

import dev.muster.store.MusterException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Something to be done on a lane. Jobs of one directory are done one after another, in the order they came. */
abstract class Job {

    final @Nullable String directory;

    /** On {@link System#nanoTime}: from then on it is not begun any more. */
    final long deadline;

    Job(@Nullable String directory, long deadline) {
        this.directory = directory;
        this.deadline = deadline;
    }

    /**
     * Does it. Nothing is left to be told of an error that it throws: it is for the lane alone, to look whether the
     * connection is still good.
     */
    abstract void run(Lane lane) throws SQLException;

    /** Tells that it will not be done: it was not begun, or has failed unexpectedly. */
    abstract void drop(MusterException cause);
}
