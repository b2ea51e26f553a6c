package dev.muster.store.file;

import dev.muster.host.ProcessWide;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.SessionOptions;
import dev.muster.store.Trait;
import dev.muster.store.spi.EmbeddedStore;
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A store in a directory of this host. */
final class FileStore extends EmbeddedStore<FileSession> {

    private final ProcessWide.Share<FileSpace> share;
    private final FileSpace space;
    private final Duration lease;
    private final Duration timeout;
    private final Cancellable membership;

    /**
     * @param lease of its sessions, zero for none
     * @param timeout how long an operation waits for others
     */
    FileStore(ProcessWide.Share<FileSpace> share, Duration lease, Duration timeout) {
        super("file", traits(lease));
        this.share = share;
        this.space = share.get();
        this.lease = lease;
        this.timeout = timeout;
        membership = space.join(this::endWatches);
    }

    private static Set<Trait> traits(Duration lease) {
        EnumSet<Trait> promised = EnumSet.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.DISTRIBUTED_ACROSS_PROCESSES,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.SERIALIZABLE,
                Trait.SAME_VIEW_ACROSS_CLIENTS,
                Trait.DURABLE_ACROSS_CRASH,
                Trait.DURABLE_ACROSS_POWER_LOSS,
                Trait.LEASE_SAFE);
        if (lease.isZero()) {
            promised.add(Trait.NON_TIMEOUT_BASED);
        }
        return promised;
    }

    /** For tests: what it shares with the other stores of its directory. */
    FileSpace space() {
        return space;
    }

    @Override
    protected void check() {
        space.check();
    }

    @Override
    protected FileSession begin(SessionOptions options) {
        return space.openSession(lease, timeout, scheduler(), this::ended);
    }

    @Override
    protected CommitResult apply(Commit commit, @Nullable FileSession session) {
        return space.commit(commit, session, timeout);
    }

    @Override
    protected Listing entries(String directory) {
        return space.list(directory, timeout);
    }

    @Override
    protected List<String> paths(String prefix) {
        return space.directories(prefix, timeout);
    }

    @Override
    protected void attach(String directory, WatchFeed feed) {
        space.watches().attach(directory, feed, timeout);
    }

    @Override
    protected void detach(String directory, WatchFeed feed) {
        space.watches().detach(directory, feed);
    }

    @Override
    protected void release() {
        membership.cancel();
        share.close();
    }
}
