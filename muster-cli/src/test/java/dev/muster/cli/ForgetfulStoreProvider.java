package dev.muster.cli;

import dev.muster.coordination.testkit.ForwardingStore;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
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

    private static final class ForgetfulStore extends ForwardingStore {

        ForgetfulStore(Store store) {
            super(store);
        }

        @Override
        public CompletableFuture<List<String>> directories(String prefix) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public String engine() {
            return "forgetful";
        }
    }
}
