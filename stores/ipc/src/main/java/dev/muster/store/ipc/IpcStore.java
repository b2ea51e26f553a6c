package dev.muster.store.ipc;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SystemScheduler;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * A store in the shared memory of a host. Every operation runs on the caller's thread and answers a completed future; a
 * commit waits for no other process, whatever state that is in.
 */
final class IpcStore implements Store {

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
    private final SystemScheduler scheduler = new SystemScheduler("muster-ipc");
    private final Map<String, IpcSession> sessions = new ConcurrentHashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    IpcStore(SharedSpace space, Runnable onClose) {
        this.space = space;
        this.onClose = onClose;
    }

    /** For tests: what it shares with the other stores of its folder. */
    SharedSpace space() {
        return space;
    }

    @Override
    public String engine() {
        return "ipc";
    }

    @Override
    public Set<Trait> traits() {
        return TRAITS;
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
            IpcSession session = space.openSession(scheduler.executor(), ended -> sessions.remove(ended.id()));
            sessions.put(session.id(), session);
            if (closed) {
                session.close();
                throw closedStore();
            }
            return session;
        });
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            limits().check(commit);
            commit.fate().send(commit);
            try {
                return commitAlive(commit);
            } finally {
                commit.fate().never();
            }
        });
    }

    private CommitResult commitAlive(Commit commit) {
        String sessionId = commit.sessionId();
        Shard shard = space.shard(commit.directory());
        if (sessionId == null) {
            return shard.commit(commit, null, limits().directoryNameBytes());
        }
        IpcSession session = sessions.get(sessionId);
        if (session == null) {
            throw new SessionLostException("Session " + sessionId + " has ended or is none of this store's: the"
                    + " commit on " + commit.directory() + " was not applied. Open a new session.");
        }
        return shard.commit(commit, session, limits().directoryNameBytes());
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> settlement = commit.fate().settlement();
        while (settlement.isEmpty()) {
            // Another thread is in the middle of committing it: a moment, since no commit here waits for anything.
            Thread.onSpinWait();
            settlement = commit.fate().settlement();
        }
        return CompletableFuture.completedFuture(settlement.get());
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> space.list(Names.checkPath(directory, limits().pathBytes())));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        WatchFeed feed = new WatchFeed(offKeeper(options, self), listener, scheduler, () -> list(directory), () -> {
            space.detach(directory, self[0]);
            feeds.remove(self[0]);
        });
        self[0] = feed;
        feeds.add(feed);
        try {
            space.attach(directory, feed);
        } catch (MusterException e) {
            feed.close();
            throw e;
        }
        if (closed) {
            feed.end(closedStore());
        }
        feed.pump();
        return feed;
    }

    /** The user's executor may be a direct one, and the store's own thread must not run foreign code. */
    private WatchOptions offKeeper(WatchOptions options, WatchFeed[] feed) {
        Executor executor = options.executor();
        if (executor == null) {
            return options;
        }
        return options.on(task -> space.keeper().keepOff(scheduler.executor(), () -> {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException e) {
                feed[0].close();
                throw e;
            }
        }));
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> space.paths(prefix));
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List.copyOf(sessions.values()).forEach(IpcSession::close);
        List.copyOf(feeds).forEach(feed -> feed.end(closedStore()));
        scheduler.close();
        onClose.run();
    }

    private void checkOpen() {
        if (closed) {
            throw closedStore();
        }
        space.check();
    }

    private static ConnectionException closedStore() {
        return new ConnectionException("The ipc store is closed: open it again");
    }

    private <T> CompletableFuture<T> answer(Supplier<T> work) {
        try {
            checkOpen();
            return CompletableFuture.completedFuture(work.get());
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
