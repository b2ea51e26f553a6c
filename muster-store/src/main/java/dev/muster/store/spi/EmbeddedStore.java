package dev.muster.store.spi;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store without a server: every operation runs on the caller's thread and answers a completed future, so that no
 * reply can be lost.
 *
 * @param <S> the engine's sessions
 */
public abstract class EmbeddedStore<S extends Session> implements Store {

    private static final int SPINS = 1_000;
    private static final long GLANCE = Duration.ofNanos(100_000).toNanos();

    private final String engine;
    private final Set<Trait> traits;
    private final SystemScheduler scheduler;
    private final Map<String, S> sessions = new ConcurrentHashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    protected EmbeddedStore(String engine, Set<Trait> traits) {
        this.engine = engine;
        this.traits = Set.copyOf(traits);
        this.scheduler = new SystemScheduler("muster-" + engine);
    }

    /** Throws where the store cannot serve any more. */
    protected abstract void check();

    /** Opens a session that calls {@link #ended} when it has ended. */
    protected abstract S begin(SessionOptions options);

    /** Applies a commit that is within the limits, whose session is alive as far as this process knows. */
    protected abstract CommitResult apply(Commit commit, @Nullable S session);

    protected abstract Listing entries(String directory);

    protected abstract List<String> paths(String prefix);

    /** From its return on, the feed is offered every change of the directory. */
    protected abstract void attach(String directory, WatchFeed feed);

    protected abstract void detach(String directory, WatchFeed feed);

    /** Gives back what the store held, once its sessions and watches have ended. */
    protected abstract void release();

    protected final void ended(S session) {
        sessions.remove(session.id(), session);
    }

    protected final void endWatches(MusterException cause) {
        List.copyOf(feeds).forEach(feed -> feed.end(cause));
    }

    @Override
    public final String engine() {
        return engine;
    }

    @Override
    public final Set<Trait> traits() {
        return traits;
    }

    @Override
    public final Limits limits() {
        return Limits.STANDARD;
    }

    @Override
    public final Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public final CompletableFuture<Session> openSession(SessionOptions options) {
        return answer(() -> {
            S session = begin(options);
            sessions.put(session.id(), session);
            if (closed) {
                session.close();
                throw closedStore();
            }
            return session;
        });
    }

    @Override
    public final CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            limits().check(commit);
            commit.fate().send(commit);
            try {
                return apply(commit, session(commit));
            } finally {
                // Unless it was applied: the first answer stays.
                commit.fate().never();
            }
        });
    }

    /** The session of this store under an id, if it has not ended. */
    protected final @Nullable S session(String id) {
        return sessions.get(id);
    }

    private @Nullable S session(Commit commit) {
        String id = commit.sessionId();
        if (id == null) {
            return null;
        }
        S session = session(id);
        if (session == null || session.state().isFinal()) {
            throw SessionLostException.of(commit);
        }
        return session;
    }

    @Override
    public final CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> settlement = commit.fate().settlement();
        for (int waits = 0; settlement.isEmpty(); waits++) {
            // Another thread is in the middle of committing it: a moment, unless it waits for other processes.
            if (waits < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, GLANCE);
            }
            settlement = commit.fate().settlement();
        }
        return CompletableFuture.completedFuture(settlement.get());
    }

    @Override
    public final CompletableFuture<Listing> list(String directory) {
        return answer(() -> entries(Names.checkPath(directory, limits().pathBytes())));
    }

    @Override
    public final Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        WatchFeed feed = new WatchFeed(options, listener, scheduler, () -> list(directory), () -> {
            detach(directory, self[0]);
            feeds.remove(self[0]);
        });
        self[0] = feed;
        feeds.add(feed);
        boolean attached = false;
        try {
            attach(directory, feed);
            attached = true;
        } finally {
            if (!attached) {
                feed.close();
            }
        }
        if (closed) {
            feed.end(closedStore());
        }
        feed.pump();
        return feed;
    }

    @Override
    public final CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> paths(prefix));
    }

    @Override
    public final void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List.copyOf(sessions.values()).forEach(Session::close);
        endWatches(closedStore());
        scheduler.close();
        release();
    }

    private void checkOpen() {
        if (closed) {
            throw closedStore();
        }
        check();
    }

    private ConnectionException closedStore() {
        return new ConnectionException("The " + engine + " store is closed: open it again");
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
