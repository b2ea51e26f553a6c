package dev.muster.cli;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** An engine with a planted fault: it does as the memory engine does, but never names a directory. */
public final class ForgetfulStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("forgetful");
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public Store open(StoreUri uri) {
        return new ForgetfulStore(Store.open("memory://" + uri.authority()));
    }

    private record ForgetfulStore(Store inner) implements Store {

        @Override
        public CompletableFuture<List<String>> directories(String prefix) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public String engine() {
            return "forgetful";
        }

        @Override
        public Set<Trait> traits() {
            return inner.traits();
        }

        @Override
        public Limits limits() {
            return inner.limits();
        }

        @Override
        public Scheduler scheduler() {
            return inner.scheduler();
        }

        @Override
        public CompletableFuture<Session> openSession(SessionOptions options) {
            return inner.openSession(options);
        }

        @Override
        public CompletableFuture<CommitResult> commit(Commit commit) {
            return inner.commit(commit);
        }

        @Override
        public CompletableFuture<Settlement> settle(Commit commit) {
            return inner.settle(commit);
        }

        @Override
        public CompletableFuture<Listing> list(String directory) {
            return inner.list(directory);
        }

        @Override
        public Watch watch(String directory, WatchOptions options, WatchListener listener) {
            return inner.watch(directory, options, listener);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
