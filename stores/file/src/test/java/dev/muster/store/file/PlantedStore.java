package dev.muster.store.file;

import dev.muster.coordination.testkit.ForwardingSession;
import dev.muster.coordination.testkit.ForwardingStore;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store with one fault. */
final class PlantedStore extends ForwardingStore {

    private static final int HEARD = 3;

    private final PlantedFault fault;
    private final long opened = System.nanoTime();
    private final Map<String, Listing> listed = new ConcurrentHashMap<>();

    PlantedStore(Store store, PlantedFault fault) {
        super(store);
        this.fault = fault;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        CompletableFuture<Session> opening = super.openSession(options);
        return fault == PlantedFault.BELIEVES_FOR_EVER ? opening.thenApply(Believing::new) : opening;
    }

    private static final class Believing extends ForwardingSession {

        Believing(Session session) {
            super(session);
        }

        @Override
        public State state() {
            return State.CONNECTED;
        }

        @Override
        public boolean mayOwn() {
            return true;
        }

        @Override
        public Cancellable listen(SessionListener listener) {
            return () -> {};
        }
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return super.commit(commit)
                .thenApply(result -> result instanceof CommitResult.Applied applied
                        ? new CommitResult.Applied(told(applied.revision()), applied.snapshot())
                        : result);
    }

    private long told(long revision) {
        return switch (fault) {
            case SHARES_TOKENS -> 1;
            // Microseconds, of which less than a million times as many have passed since the machine started.
            case LETS_TOKENS_FALL -> revision - opened;
            default -> revision;
        };
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        CompletableFuture<Listing> present = super.list(directory);
        return fault != PlantedFault.LISTS_THE_PAST
                ? present
                : present.thenApply(
                        now -> Optional.ofNullable(listed.put(directory, now)).orElse(now));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        AtomicInteger heard = new AtomicInteger();
        return super.watch(directory, options, event -> {
            if (fault != PlantedFault.LETS_WATCHES_END_STALE || heard.incrementAndGet() <= HEARD) {
                listener.onEvent(event);
            }
        });
    }
}
