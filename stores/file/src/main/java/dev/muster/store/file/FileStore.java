package dev.muster.store.file;

import dev.muster.host.ProcessWide;
import dev.muster.store.Cancellable;
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
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in a directory of this host. Every operation runs on the caller's thread and answers a completed future. */
final class FileStore implements Store {

    private static final long GLANCE = Duration.ofNanos(100_000).toNanos();

    private final ProcessWide.Share<FileSpace> share;
    private final FileSpace space;
    private final Duration lease;
    private final Duration timeout;
    private final Set<Trait> traits;
    private final SystemScheduler scheduler = new SystemScheduler("muster-file");
    private final Map<String, FileSession> sessions = new ConcurrentHashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private final Cancellable membership;
    private volatile boolean closed;

    /**
     * @param lease of its sessions, zero for none
     * @param timeout how long an operation waits for others
     */
    FileStore(ProcessWide.Share<FileSpace> share, Duration lease, Duration timeout) {
        this.share = share;
        this.space = share.get();
        this.lease = lease;
        this.timeout = timeout;
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
        traits = Set.copyOf(promised);
        membership = space.join(this::endWatches);
    }

    /** For tests: what it shares with the other stores of its directory. */
    FileSpace space() {
        return space;
    }

    @Override
    public String engine() {
        return "file";
    }

    @Override
    public Set<Trait> traits() {
        return traits;
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
            FileSession session = space.openSession(
                    lease, timeout, scheduler.executor(), ended -> sessions.remove(ended.id(), ended));
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
                return space.commit(commit, session(commit), timeout);
            } finally {
                // Unless it was applied: the first answer stays.
                commit.fate().never();
            }
        });
    }

    private @Nullable FileSession session(Commit commit) {
        String id = commit.sessionId();
        if (id == null) {
            return null;
        }
        FileSession session = sessions.get(id);
        if (session == null || session.state().isFinal()) {
            throw new SessionLostException("Session " + id + " has ended or is none of this store's: the commit on "
                    + commit.directory() + " was not applied. Open a new session.");
        }
        return session;
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> settlement = commit.fate().settlement();
        while (settlement.isEmpty()) {
            // Another thread is in the middle of committing it, and waits for other processes at most for its time-out.
            LockSupport.parkNanos(this, GLANCE);
            settlement = commit.fate().settlement();
        }
        return CompletableFuture.completedFuture(settlement.get());
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> space.list(Names.checkPath(directory, limits().pathBytes()), timeout));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        WatchFeed feed = new WatchFeed(options, listener, scheduler, () -> list(directory), () -> {
            space.watches().detach(directory, self[0]);
            feeds.remove(self[0]);
        });
        self[0] = feed;
        feeds.add(feed);
        // A user's executor may be a direct one, and the threads of the store must not run foreign code.
        Runnable pump = options.executor() == null
                ? feed::pump
                : () -> scheduler.executor().execute(feed::pump);
        boolean attached = false;
        try {
            space.watches().attach(directory, new Watches.Feed(feed, pump), timeout);
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
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> space.directories(prefix, timeout));
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List.copyOf(sessions.values()).forEach(FileSession::close);
        endWatches(closedStore());
        membership.cancel();
        scheduler.close();
        share.close();
    }

    private void endWatches(MusterException cause) {
        List.copyOf(feeds).forEach(feed -> feed.end(cause));
    }

    private void checkOpen() {
        if (closed) {
            throw closedStore();
        }
        space.check();
    }

    private static ConnectionException closedStore() {
        return new ConnectionException("The file store is closed: open it again");
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
