package dev.muster.coordination.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Once stalled, it answers nothing any more: as a store that is down, or behind a cut line. */
final class StallingStore extends ForwardingStore {

    private volatile boolean stalled;

    StallingStore(Store store) {
        super(store);
    }

    void stall() {
        stalled = true;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return stalled ? new CompletableFuture<>() : super.openSession(options).thenApply(Stalling::new);
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return stalled ? new CompletableFuture<>() : super.commit(commit);
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return stalled ? new CompletableFuture<>() : super.settle(commit);
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return stalled ? new CompletableFuture<>() : super.list(directory);
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return stalled ? new CompletableFuture<>() : super.directories(prefix);
    }

    private final class Stalling extends ForwardingSession {

        Stalling(Session session) {
            super(session);
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            return stalled ? new CompletableFuture<>() : super.closeAsync();
        }
    }
}
