package dev.muster.store.ipc;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.SessionOptions;
import dev.muster.store.Trait;
import dev.muster.store.spi.EmbeddedStore;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store in the shared memory of a host. Every operation runs on the caller's thread and answers a completed future; a
 * commit waits for no other process, whatever state that is in.
 */
final class IpcStore extends EmbeddedStore<IpcSession> {

    private static final Set<Trait> TRAITS = Set.of(
            Trait.DISTRIBUTED_ACROSS_THREADS,
            Trait.DISTRIBUTED_ACROSS_PROCESSES,
            Trait.NON_TIMEOUT_BASED,
            Trait.LINEARIZABLE,
            Trait.SEQUENTIAL,
            Trait.CAUSAL,
            Trait.SERIALIZABLE,
            Trait.SAME_VIEW_ACROSS_CLIENTS,
            Trait.EVERY_CHANGE,
            Trait.LEASE_SAFE);

    private final SharedSpace space;
    private final Runnable onClose;

    IpcStore(SharedSpace space, Runnable onClose) {
        super("ipc", TRAITS);
        this.space = space;
        this.onClose = onClose;
    }

    /** For tests: what it shares with the other stores of its folder. */
    SharedSpace space() {
        return space;
    }

    @Override
    protected void check() {
        space.check();
    }

    @Override
    protected IpcSession begin(SessionOptions options) {
        return space.openSession(scheduler(), this::ended);
    }

    @Override
    protected CommitResult apply(Commit commit, @Nullable IpcSession session) {
        return space.shard(commit.directory()).commit(commit, session, limits().directoryNameBytes());
    }

    @Override
    protected Listing entries(String directory) {
        return space.list(directory);
    }

    @Override
    protected List<String> paths(String prefix) {
        return space.paths(prefix);
    }

    @Override
    protected void attach(String directory, WatchFeed feed) {
        space.attach(directory, feed);
    }

    @Override
    protected void detach(String directory, WatchFeed feed) {
        space.detach(directory, feed);
    }

    @Override
    protected void release() {
        onClose.run();
    }
}
