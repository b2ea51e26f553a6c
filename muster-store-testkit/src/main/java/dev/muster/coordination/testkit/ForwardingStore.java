package dev.muster.coordination.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Passes everything on to the engine under test: for tests that count, mute or stall some of it. */
public abstract class ForwardingStore implements Store {

    private final Store store;

    protected ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public String engine() {
        return store.engine();
    }

    @Override
    public Set<Trait> traits() {
        return store.traits();
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public Scheduler scheduler() {
        return store.scheduler();
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return store.openSession(options);
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return store.commit(commit);
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return store.settle(commit);
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return store.list(directory);
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        return store.watch(directory, options, listener);
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return store.directories(prefix);
    }

    @Override
    public void close() {
        store.close();
    }
}
