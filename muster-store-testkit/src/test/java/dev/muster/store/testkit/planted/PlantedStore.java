package dev.muster.store.testkit.planted;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SerialExecutor;
import dev.muster.store.spi.SystemScheduler;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A client of a {@link PlantedSpace}: with no fault, a store that keeps the contract. */
final class PlantedStore implements Store {

    private static final Limits ONE_BYTE_MORE = new Limits(
            Limits.STANDARD.nameBytes(),
            Limits.STANDARD.pathBytes(),
            Limits.STANDARD.valueBytes() + 1,
            Limits.STANDARD.commitChanges(),
            Limits.STANDARD.commitBytes(),
            Limits.STANDARD.directoryNameBytes(),
            Limits.STANDARD.minSession(),
            Limits.STANDARD.maxSession());

    private final PlantedSpace space;
    private final SystemScheduler scheduler = new SystemScheduler("planted");
    private final SerialExecutor oneThread = new SerialExecutor(scheduler.executor());
    private final List<PlantedSession> sessions = new CopyOnWriteArrayList<>();
    private final List<WatchFeed> feeds = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    PlantedStore(PlantedSpace space) {
        this.space = space;
    }

    @Override
    public String engine() {
        return "planted";
    }

    @Override
    public Set<Trait> traits() {
        return Set.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.NON_TIMEOUT_BASED,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.EVERY_CHANGE,
                Trait.LEASE_SAFE);
    }

    @Override
    public Limits limits() {
        return Limits.STANDARD;
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return answer(() -> {
            PlantedSession session = new PlantedSession(space, scheduler.executor());
            sessions.add(session);
            return session;
        });
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            (space.fault() == Fault.TAKES_ONE_BYTE_TOO_MANY ? ONE_BYTE_MORE : limits()).check(commit);
            commit.fate().send(commit);
            try {
                return space.commit(commit);
            } catch (MusterException e) {
                commit.fate().never();
                throw e;
            }
        });
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return answer(() -> switch (space.fault()) {
            case SETTLES_BY_A_PLAIN_READ -> {
                List<String> names = space.list(commit.directory()).names();
                yield names.containsAll(
                                commit.changes().stream().map(Change::name).toList())
                        ? new Settlement.Applied(commit.fate()
                                .settlement()
                                .map(known -> ((Settlement.Applied) known).revision())
                                .orElse(1L))
                        : new Settlement.Never();
            }
            case SETTLES_WITH_THE_LATEST_REVISION ->
                new Settlement.Applied(space.list(commit.directory()).revision());
            default -> {
                commit.fate().forestall();
                while (commit.fate().settlement().isEmpty()) {
                    Thread.onSpinWait();
                }
                yield commit.fate().settlement().get();
            }
        });
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> space.list(Names.checkPath(directory, limits().pathBytes())));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        Listing[] first = new Listing[1];
        boolean shared = space.fault() == Fault.TELLS_ALL_WATCHES_ON_ONE_THREAD && options.executor() == null;
        self[0] = new WatchFeed(
                shared ? options.on(oneThread) : options,
                new TamperingListener(listener, space.fault()),
                scheduler,
                () -> first[0] == null ? list(directory) : CompletableFuture.completedFuture(first[0]),
                () -> {
                    space.detach(directory, self[0]);
                    feeds.remove(self[0]);
                });
        feeds.add(self[0]);
        if (space.fault() == Fault.LISTS_BEFORE_IT_WATCHES) {
            first[0] = space.list(directory);
            LockSupport.parkNanos(PlantedSpace.WINDOW_NANOS);
        }
        space.attach(directory, self[0]);
        self[0].pump();
        return space.fault() == Fault.TELLS_AFTER_THE_CLOSE ? () -> {} : self[0];
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> space.paths(prefix));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sessions.forEach(PlantedSession::close);
            feeds.forEach(feed -> feed.end(new ConnectionException("the planted store is closed")));
            scheduler.close();
        }
    }

    private <T> CompletableFuture<T> answer(Supplier<T> work) {
        try {
            if (closed) {
                throw new ConnectionException("the planted store is closed");
            }
            return CompletableFuture.completedFuture(work.get());
        } catch (MusterException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
