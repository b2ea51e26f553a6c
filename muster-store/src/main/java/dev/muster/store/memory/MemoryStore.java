package dev.muster.store.memory;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.Nonce;
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
import java.util.function.Supplier;

/**
 * A store in this process's memory. Stores opened as {@code memory://NAME} share what they hold while one of them is
 * open; {@code memory:} is alone. Every operation runs on the caller's thread and answers a completed future.
 */
public final class MemoryStore implements Store {

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
    private final SystemScheduler scheduler = new SystemScheduler("muster-memory");
    private final Map<String, MemorySession> sessions = new ConcurrentHashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    MemoryStore(MemorySpace space, Runnable onClose) {
        this.space = space;
        this.onClose = onClose;
    }

    /** A store that shares nothing with any other. */
    public static MemoryStore create() {
        return new MemoryStore(new MemorySpace(0), () -> {});
    }

    /** Ends a session of this store as a lost connection would, for tests of what happens then. */
    public void expire(Session session) {
        MemorySession own = sessions.get(session.id());
        if (own != null) {
            own.end(Session.State.LOST);
        }
    }

    @Override
    public String engine() {
        return "memory";
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
            MemorySession session = new MemorySession(Nonce.next().toString(), scheduler.executor(), this::ended);
            sessions.put(session.id(), session);
            if (closed) {
                session.close();
                throw closedStore();
            }
            return session;
        });
    }

    private Runnable ended(MemorySession session) {
        List<MemoryDirectory> changed = space.end(session.id());
        sessions.remove(session.id());
        return () -> changed.forEach(MemoryDirectory::pump);
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            limits().check(commit);
            commit.fate().send(commit);
            boolean done = false;
            try {
                CommitResult result = commitAlive(commit);
                done = true;
                return result;
            } finally {
                if (!done) {
                    commit.fate().never();
                }
            }
        });
    }

    private CommitResult commitAlive(Commit commit) {
        String sessionId = commit.sessionId();
        MemorySession session = sessionId == null ? null : sessions.get(sessionId);
        if (sessionId != null && session == null) {
            throw new SessionLostException("Session " + sessionId + " has ended or is none of this store's: the"
                    + " commit on " + commit.directory() + " was not applied. Open a new session.");
        }
        return space.commit(commit, session, limits().directoryNameBytes());
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
        WatchFeed feed = new WatchFeed(
                options, listener, scheduler, () -> CompletableFuture.completedFuture(space.list(directory)), () -> {
                    space.detach(directory, self[0]);
                    feeds.remove(self[0]);
                });
        self[0] = feed;
        feeds.add(feed);
        space.attach(directory, feed);
        if (closed) {
            feed.end(closedStore());
        }
        feed.pump();
        return feed;
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
        List.copyOf(sessions.values()).forEach(MemorySession::close);
        List.copyOf(feeds).forEach(feed -> feed.end(closedStore()));
        scheduler.close();
        onClose.run();
    }

    private void checkOpen() {
        if (closed) {
            throw closedStore();
        }
    }

    private static ConnectionException closedStore() {
        return new ConnectionException("The memory store is closed: open it again");
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
