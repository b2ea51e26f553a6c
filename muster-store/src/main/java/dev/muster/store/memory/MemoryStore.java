package dev.muster.store.memory;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Trait;
import dev.muster.store.spi.EmbeddedStore;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store in this process's memory. Stores opened as {@code memory://NAME} share what they hold while one of them is
 * open; {@code memory:} is alone. Every operation runs on the caller's thread and answers a completed future.
 */
public final class MemoryStore extends EmbeddedStore<MemorySession> {

    private static final Set<Trait> TRAITS = Set.of(
            Trait.DISTRIBUTED_ACROSS_THREADS,
            Trait.NON_TIMEOUT_BASED,
            Trait.LINEARIZABLE,
            Trait.SEQUENTIAL,
            Trait.CAUSAL,
            Trait.SERIALIZABLE,
            Trait.SAME_VIEW_ACROSS_CLIENTS,
            Trait.EVERY_CHANGE,
            Trait.LEASE_SAFE);

    private final MemorySpace space;
    private final Runnable onClose;

    MemoryStore(MemorySpace space, Runnable onClose) {
        super("memory", TRAITS);
        this.space = space;
        this.onClose = onClose;
    }

    /** A store that shares nothing with any other. */
    public static MemoryStore create() {
        return new MemoryStore(new MemorySpace(0), () -> {});
    }

    /** Ends a session of this store as a lost connection would, for tests of what happens then. */
    public void expire(Session session) {
        MemorySession own = session(session.id());
        if (own != null) {
            own.lose();
        }
    }

    @Override
    protected void check() {}

    @Override
    protected MemorySession begin(SessionOptions options) {
        return new MemorySession(Nonce.next().toString(), scheduler(), this::end);
    }

    private void end(MemorySession session) {
        List<MemoryDirectory> changed = space.end(session.id());
        ended(session);
        changed.forEach(MemoryDirectory::pump);
    }

    @Override
    protected CommitResult apply(Commit commit, @Nullable MemorySession session) {
        return space.commit(commit, session, limits().directoryNameBytes());
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
