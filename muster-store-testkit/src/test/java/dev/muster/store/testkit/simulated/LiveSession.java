package dev.muster.store.testkit.simulated;

import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SerialExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A simulated session for real threads. */
final class LiveSession implements Session {

    private final LiveSimulation live;
    private final Session session;
    private final Executor executor;

    LiveSession(LiveSimulation live, Session session, Executor executor) {
        this.live = live;
        this.session = session;
        this.executor = new SerialExecutor(executor);
    }

    Session inner() {
        return session;
    }

    @Override
    public String id() {
        return session.id();
    }

    @Override
    public State state() {
        return session.state();
    }

    @Override
    public Duration timeout() {
        return session.timeout();
    }

    @Override
    public boolean mayOwn() {
        return live.get(simulation -> session.mayOwn());
    }

    @Override
    public long heartbeats() {
        return live.get(simulation -> session.heartbeats());
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        return live.get(simulation -> session.listen(new SessionListener() {
            @Override
            public void onState(State state) {
                executor.execute(() -> listener.onState(state));
            }

            @Override
            public void onFailure(MusterException failure) {
                executor.execute(() -> listener.onFailure(failure));
            }
        }));
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        live.ask(simulation -> session.closeAsync()
                .whenComplete((nothing, failure) -> executor.execute(() -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(failure);
                    }
                })));
        return done;
    }

    @Override
    public void close() {
        live.get(simulation -> {
            session.close();
            return null;
        });
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
