package dev.muster.coordination.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose sessions open only while the gate is open. */
final class GatedSessions extends ForwardingStore {

    final AtomicInteger commits = new AtomicInteger();

    private final Store store;
    private final List<Session> opened = new CopyOnWriteArrayList<>();
    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    private int asked;

    GatedSessions(Store store) {
        super(store);
        this.store = store;
    }

    Store store() {
        return store;
    }

    synchronized void shut() {
        gate = new CompletableFuture<>();
        asked = 0;
    }

    synchronized void open() {
        gate.complete(null);
    }

    synchronized int asked() {
        return asked;
    }

    List<Session> opened() {
        return opened;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        commits.incrementAndGet();
        return super.commit(commit);
    }

    @Override
    public synchronized CompletableFuture<Session> openSession(SessionOptions options) {
        asked++;
        return gate.thenCompose(open -> super.openSession(options)).whenComplete((session, failure) -> {
            if (session != null) {
                opened.add(session);
            }
        });
    }
}
