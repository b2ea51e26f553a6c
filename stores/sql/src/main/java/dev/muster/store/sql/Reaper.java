package dev.muster.store.sql;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends sessions in the database, own ones and those of clients that are gone, and sweeps out empty directories. */
final class Reaper implements SqlSession.Registrar {

    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final SqlStore store;
    private final Lanes lanes;
    private final Connector connector;
    private final Watches watches;
    private final Scheduler scheduler;
    private final AtomicBoolean reaping = new AtomicBoolean();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    Reaper(SqlStore store, Lanes lanes, Connector connector, Watches watches, Scheduler scheduler) {
        this.store = store;
        this.lanes = lanes;
        this.connector = connector;
        this.watches = watches;
        this.scheduler = scheduler;
    }

    @Override
    public CompletableFuture<Void> end(SqlSession session) {
        store.forget(session);
        return end(session, scheduler.nanoTime() + session.timeout().toNanos());
    }

    private CompletableFuture<Void> end(SqlSession session, long deadline) {
        Task<Boolean> task = task("end session " + session.id(), link -> {
            link.end(session.uuid(), false);
            finish(link, session.uuid());
            return true;
        });
        lanes.submitFirst(task);
        return task.answer().handle((done, failure) -> failure).thenCompose(failure -> {
            if (failure == null) {
                return CompletableFuture.completedFuture(null);
            }
            if (store.isClosed() || scheduler.nanoTime() - deadline >= 0) {
                return CompletableFuture.failedFuture(new ConnectionException(
                        "The database did not confirm the end of session " + session.id()
                                + " within its time-out, which ends it",
                        failure));
            }
            CompletableFuture<Void> again = new CompletableFuture<>();
            scheduler.after(
                    PAUSE,
                    () -> end(session, deadline).whenComplete((done, late) -> {
                        if (late == null) {
                            again.complete(null);
                        } else {
                            again.completeExceptionally(late);
                        }
                    }));
            return again;
        });
    }

    private void finish(Link link, UUID session) throws SQLException {
        boolean done = false;
        while (!done) {
            Link.Reaped reaped = link.finish(session);
            done = reaped.done();
            if (!reaped.changed().isEmpty()) {
                reaped.changed().forEach(watches::changed);
                link.tell(reaped.changed());
            }
        }
    }

    /** Finishes what has ended: to be called before something is read of all directories. */
    void finishEnded(Link link) throws SQLException {
        for (Link.Due due : link.due()) {
            if (due.ended()) {
                finish(link, due.session());
            }
        }
    }

    /** Ends what is due, a moment later, as other clients see it too. */
    void reapSoon() {
        if (reaping.compareAndSet(false, true)) {
            Duration jitter = Duration.ofMillis(ThreadLocalRandom.current().nextInt(30));
            scheduler.after(jitter, () -> run("end sessions of clients that are gone", reaping, this::reap));
        }
    }

    private Boolean reap(Link link) throws SQLException {
        List<Link.Due> all = link.due();
        for (Link.Due due : all) {
            if (due.ended() || link.end(due.session(), true)) {
                finish(link, due.session());
            }
        }
        return true;
    }

    void sweepSoon() {
        if (sweeping.compareAndSet(false, true)) {
            run("remove empty directories", sweeping, this::sweep);
        }
    }

    private Boolean sweep(Link link) throws SQLException {
        Long after = 0L;
        while (after != null && !store.isClosed()) {
            after = link.sweep(after);
        }
        return true;
    }

    private void run(String what, AtomicBoolean running, Task.Work<Boolean> work) {
        Task<Boolean> task = task(what, work);
        lanes.submit(task);
        task.answer().whenComplete((done, failure) -> {
            running.set(false);
            if (failure instanceof MusterException known && !store.isClosed()) {
                LOG.debug("trying again later: {}", known.getMessage());
            }
        });
    }

    private <T> Task<T> task(String what, Task.Work<T> work) {
        return new Task<>(null, lanes.deadline(), connector, what, work);
    }
}
