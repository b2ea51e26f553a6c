package dev.muster.coordination.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the recipes ask of the store, and the watches that are open. */
final class CountingStore extends ForwardingStore {

    final AtomicInteger listings = new AtomicInteger();
    final AtomicInteger commits = new AtomicInteger();
    final AtomicInteger openWatches = new AtomicInteger();

    /** Watches, open or closed, whose listener has been told the first listing. */
    final AtomicInteger begunWatches = new AtomicInteger();

    /** Events after the first listings. */
    final AtomicInteger wakeUps = new AtomicInteger();

    CountingStore(Store store) {
        super(store);
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        commits.incrementAndGet();
        return super.commit(commit);
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        listings.incrementAndGet();
        return super.list(directory);
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        openWatches.incrementAndGet();
        Watch watch = super.watch(directory, options, new Counted(listener));
        AtomicInteger open = new AtomicInteger(1);
        return () -> {
            watch.close();
            openWatches.addAndGet(-open.getAndSet(0));
        };
    }

    private final class Counted implements WatchListener {

        private final WatchListener listener;

        Counted(WatchListener listener) {
            this.listener = listener;
        }

        @Override
        public void onEvent(WatchEvent event) {
            boolean first = event instanceof WatchEvent.Listed listed && !listed.fresh();
            if (!first) {
                wakeUps.incrementAndGet();
            }
            listener.onEvent(event);
            if (first) {
                begunWatches.incrementAndGet();
            }
        }

        @Override
        public void onEnd(MusterException cause) {
            listener.onEnd(cause);
        }
    }
}
