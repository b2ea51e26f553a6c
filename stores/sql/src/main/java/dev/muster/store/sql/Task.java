package dev.muster.store.sql;

import dev.muster.store.MusterException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A job that reads, or that may be done again: what it answers, or why it could not be done. */
final class Task<T> extends Job {

    /** What is to be done with a connection. */
    interface Work<T> {
        T on(Link link) throws SQLException;
    }

    private final Connector connector;
    private final String what;
    private final Work<T> work;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** @param what completes the sentence "could not …" */
    Task(@Nullable String directory, long deadline, Connector connector, String what, Work<T> work) {
        super(directory, deadline);
        this.connector = connector;
        this.what = what;
        this.work = work;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    @Override
    void run(Lane lane) throws SQLException {
        T value;
        try {
            value = work.on(lane.link());
        } catch (SQLException e) {
            answer.completeExceptionally(connector.failure(e, what));
            throw e;
        }
        answer.complete(value);
    }

    @Override
    void drop(MusterException cause) {
        answer.completeExceptionally(cause);
    }
}
