package dev.muster.coordination.testkit;

import dev.muster.store.Cancellable;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import java.util.concurrent.CompletableFuture;

/** A store whose first session says nothing of its end until the test lets it. */
final class LateNews extends ForwardingStore {

    private final CompletableFuture<Void> told = new CompletableFuture<>();
    private final CompletableFuture<Session> first = new CompletableFuture<>();

    LateNews(Store store) {
        super(store);
    }

    Session session() {
        return first.join();
    }

    void tell() {
        told.complete(null);
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return super.openSession(options).thenApply(session -> {
            first.complete(session);
            return session == session() ? new Late(session) : session;
        });
    }

    private final class Late extends ForwardingSession {

        Late(Session session) {
            super(session);
        }

        @Override
        public State state() {
            return told.isDone() ? super.state() : State.CONNECTED;
        }

        @Override
        public boolean mayOwn() {
            return !told.isDone() || super.mayOwn();
        }

        @Override
        public Cancellable listen(SessionListener listener) {
            return super.listen(state -> told.thenRun(() -> listener.onState(state)));
        }
    }
}
