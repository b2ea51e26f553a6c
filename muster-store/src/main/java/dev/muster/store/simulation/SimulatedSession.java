package dev.muster.store.simulation;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.TimeoutException;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session: heartbeats four times in its time-out, and a deadline that counts from just before the
 * last confirmed one was sent. Past it, the session is LOST here, whatever the server may say later.
 */
class SimulatedSession implements Session {

    static final String DUE = "heartbeat due";
    static final String CHECK = "session check";

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Connection connection;
    private final String id;
    private final Duration timeout;
    private final SessionLifecycle lifecycle;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Runnable onEnd = () -> {};
    private long heardFrom;
    private long heartbeats;

    SimulatedSession(Simulation simulation, SimulatedProcess process, Connection connection, Lease lease) {
        this.simulation = simulation;
        this.process = process;
        this.connection = connection;
        this.id = lease.id;
        this.timeout = lease.timeout;
        this.lifecycle = new SessionLifecycle(id, process.tasks().listeners());
    }

    void onEnd(Runnable listener) {
        onEnd = listener;
    }

    /** @param sentAt just before the request for this session was sent */
    void begin(long sentAt) {
        heardFrom = heardFrom(sentAt, now());
        beat();
        guard();
    }

    /** From which moment on a confirmed heartbeat counts: the server may have counted from then. */
    long heardFrom(long sentAt, long answeredAt) {
        return sentAt;
    }

    private void beat() {
        if (state().isFinal()) {
            return;
        }
        long sentAt = now();
        connection.call(
                Call.HEARTBEAT,
                server -> server.renew(id),
                heard -> heard(sentAt, heard.value()),
                () -> new TimeoutException("No answer to a heartbeat"));
        process.tasks().timer(timeout.toNanos() / 4, DUE, this::beat);
    }

    private void heard(long sentAt, @Nullable Boolean alive) {
        if (state().isFinal() || alive == null) {
            return;
        }
        if (!alive || !mayOwn()) {
            lose();
            return;
        }
        heartbeats++;
        long from = heardFrom(sentAt, now());
        if (from - heardFrom > 0) {
            heardFrom = from;
        }
        if (silence() < suspicion()) {
            lifecycle.move(State.CONNECTED);
        }
    }

    /** Watches over the deadline. */
    private void guard() {
        if (state().isFinal()) {
            return;
        }
        if (!mayOwn()) {
            lose();
            return;
        }
        long wait = suspicion() - silence();
        if (wait <= 0) {
            lifecycle.move(State.SUSPENDED);
            wait = timeout.toNanos() - silence();
        }
        process.tasks().timer(wait, CHECK, this::guard);
    }

    private long suspicion() {
        return timeout.toNanos() / 3 * 2;
    }

    private long silence() {
        return now() - heardFrom;
    }

    private long now() {
        return process.scheduler().nanoTime();
    }

    /** Ends it here, and lets the server know in case it has not noticed. */
    void lose() {
        if (lifecycle.move(State.LOST)) {
            simulation.note(process.name(), () -> "session " + id + " LOST");
            onEnd.run();
            sendEnd();
        }
    }

    private CompletableFuture<Boolean> sendEnd() {
        return connection.call(
                Call.CLOSE_SESSION,
                server -> {
                    server.end(id);
                    return true;
                },
                heard -> {},
                () -> new TimeoutException("No answer to the closing of a session: its time-out ends it"));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        return lifecycle.state();
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public boolean mayOwn() {
        return !state().isFinal() && silence() < timeout.toNanos();
    }

    @Override
    public long heartbeats() {
        return heartbeats;
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return lifecycle.listen(new SessionListener() {
            @Override
            public void onState(State state) {
                simulation.guard(() -> listener.onState(state));
            }

            @Override
            public void onFailure(MusterException failure) {
                simulation.guard(() -> listener.onFailure(failure));
            }
        });
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (lifecycle.move(State.CLOSED)) {
            simulation.note(process.name(), () -> "session " + id + " CLOSED");
            onEnd.run();
            closeUntil(now() + timeout.toNanos());
        } else if (state() == State.LOST) {
            ended.complete(null);
        }
        return ended.copy();
    }

    /** Repeats itself until the server confirms, or must have ended the session on its own. */
    private void closeUntil(long deadline) {
        sendEnd().whenComplete((done, failure) -> {
            if (failure == null) {
                ended.complete(null);
            } else if (now() - deadline < 0) {
                process.tasks().timer(100_000_000, "close again", () -> closeUntil(deadline));
            } else {
                ended.completeExceptionally(new ConnectionException(
                        "The server did not confirm the end of session " + id + " within its time-out, which ends it"));
            }
        });
    }

    /** Within a task of the simulation it does not wait, since nothing else could happen meanwhile. */
    @Override
    public void close() {
        CompletableFuture<Void> done = closeAsync();
        if (!simulation.loop().isInside()) {
            simulation.pass(CLOSING, done::isDone);
        }
    }

    @Override
    public String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
