package dev.muster.store.sql;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
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
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a relational database. What is asked is done on connections with threads of their own; futures complete
 * there, so do not block in what depends on them.
 */
public final class SqlStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Who waits for less does not work on a connection, which would have to be broken when the time is over. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

    private final Dialect dialect;
    private final Set<Trait> traits;
    private final SystemScheduler scheduler;
    private final Connector connector;
    private final Lanes lanes;
    private final Outcomes outcomes;
    private final Watches watches;
    private final Reaper reaper;
    private final Keeper keeper;
    private final Map<String, SqlSession> sessions = new ConcurrentHashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile UUID identity;
    private volatile boolean closed;

    private SqlStore(Dialect dialect, Link opened, UUID identity, int connections, Duration timeout) {
        this.dialect = dialect;
        this.identity = identity;
        traits = dialect.traits();
        String name = "muster-" + dialect.engine();
        scheduler = new SystemScheduler(name);
        connector = new Connector(dialect);
        lanes = new Lanes(name, connections, timeout, connector);
        outcomes = new Outcomes(lanes, connector, () -> this.identity);
        watches = new Watches(lanes, connector, this::session, scheduler);
        reaper = new Reaper(this, lanes, connector, watches, scheduler);
        keeper = new Keeper(this, connector, watches, reaper, lanes, opened);
        Thread thread = new Thread(keeper, name + "-keeper");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens a store, making its tables if they are not there.
     *
     * @param connections how many do the work at most, besides one that listens
     * @param timeout how long an operation waits for a connection
     * @throws MusterException where the database cannot be reached or cannot serve
     */
    public static SqlStore open(Dialect dialect, int connections, Duration timeout) {
        Link link = null;
        try {
            dialect.prepare();
            link = dialect.connect();
            link.listen();
            SqlStore store = new SqlStore(dialect, link, link.look(List.of()).identity(), connections, timeout);
            link = null;
            return store;
        } catch (SQLException e) {
            throw dialect.failure(e, "open the store");
        } finally {
            if (link != null) {
                link.close();
            }
        }
    }

    @Override
    public String engine() {
        return dialect.engine();
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
        Duration lease = within(options.timeout());
        UUID id = SessionIds.next();
        return this.<Session>task(null, "open a session", link -> {
            long opening = scheduler.nanoTime();
            link.open(id, connector.client(), lease);
            SqlSession session = new SqlSession(id, lease, opening, scheduler, reaper);
            sessions.put(session.id(), session);
            session.begin();
            if (closed) {
                session.closeAsync();
                throw lanes.closed();
            }
            return session;
        });
    }

    private Duration within(Duration timeout) {
        Duration least = limits().minSession();
        Duration most = limits().maxSession();
        return timeout.compareTo(least) < 0 ? least : timeout.compareTo(most) > 0 ? most : timeout;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        CommitJob job = new CommitJob(
                commit,
                lanes.deadline(),
                connector,
                limits().directoryNameBytes(),
                identity,
                watches::changedHere,
                () -> outcomes.end(commit),
                () -> lost(commit.sessionId()));
        try {
            checkOpen();
            limits().check(commit);
            outcomes.begin(commit, job);
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
        String session = commit.sessionId();
        if (session != null && !sessions.containsKey(session)) {
            job.drop(SessionLostException.of(commit));
        } else {
            submit(job);
        }
        return job.result();
    }

    /** On this thread, if it is going to wait for the answer anyway: to change threads twice may take longer than the commit. */
    private void submit(CommitJob job) {
        Duration patience = Await.patience();
        if (patience.compareTo(LEAST_PATIENCE) < 0 || !lanes.perform(job, patience)) {
            lanes.submit(job);
        }
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return outcomes.settle(commit);
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        try {
            Names.checkPath(directory, limits().pathBytes());
        } catch (InvalidArgument e) {
            return CompletableFuture.failedFuture(e);
        }
        return task(directory, "list directory " + directory, link -> Listings.read(link, directory));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        WatchFeed feed = new WatchFeed(options, listener, scheduler, () -> watches.list(directory), () -> {
            watches.detach(directory, self[0]);
            feeds.remove(self[0]);
        });
        self[0] = feed;
        feeds.add(feed);
        watches.attach(directory, feed);
        keeper.hurry();
        if (closed) {
            feed.end(lanes.closed());
        }
        feed.pump();
        return feed;
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return task(null, "list directories", link -> {
            reaper.finishEnded(link);
            return link.directories(prefix);
        });
    }

    private <T> CompletableFuture<T> task(@Nullable String directory, String what, Task.Work<T> work) {
        Task<T> task = new Task<>(directory, lanes.deadline(), connector, what, work);
        lanes.submit(task);
        return task.answer();
    }

    private void lost(@Nullable String sessionId) {
        SqlSession session = session(sessionId);
        if (session != null) {
            session.lose();
        }
    }

    private @Nullable SqlSession session(@Nullable String id) {
        return id == null ? null : sessions.get(id);
    }

    Collection<SqlSession> sessions() {
        return sessions.values();
    }

    void forget(SqlSession session) {
        sessions.remove(session.id(), session);
    }

    boolean isClosed() {
        return closed;
    }

    /** Takes note of the store's identity. Another one means that it was made anew, without the sessions there were. */
    void identify(UUID found) {
        if (!found.equals(identity)) {
            LOG.warn("the store was removed and made anew: all sessions are lost");
            identity = found;
            connector.newEra();
            List.copyOf(sessions.values()).forEach(SqlSession::lose);
            watches.unmarkAll();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw lanes.closed();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<CompletableFuture<Void>> ending = List.copyOf(sessions.values()).stream()
                .map(SqlSession::closeAsync)
                .toList();
        ConnectionException cause = new ConnectionException("The store is closed: open it again");
        List.copyOf(feeds).forEach(feed -> feed.end(cause));
        try {
            Await.read(
                    CompletableFuture.allOf(ending.toArray(CompletableFuture<?>[]::new)),
                    CLOSING,
                    "close the sessions");
            CompletableFuture<Boolean> left = task(null, "leave the store", link -> {
                link.leave(connector.client());
                return true;
            });
            Await.read(left, GRACE, "leave the store");
        } catch (RuntimeException e) {
            LOG.debug("what the database was not told, it finds out by itself", e);
        }
        keeper.close();
        lanes.close(GRACE);
        scheduler.close();
    }
}
