package dev.muster.store.zookeeper;

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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A store in an ensemble of ZooKeeper servers, or in one. */
final class ZooKeeperStore implements Store {

    private static final Set<Trait> TRAITS = Set.of(
            Trait.DISTRIBUTED_ACROSS_THREADS,
            Trait.DISTRIBUTED_ACROSS_PROCESSES,
            Trait.DISTRIBUTED_ACROSS_HOSTS,
            Trait.SEQUENTIAL,
            Trait.CAUSAL,
            Trait.SERIALIZABLE,
            Trait.LEASE_SAFE,
            Trait.DURABLE_ACROSS_CRASH,
            Trait.DURABLE_ACROSS_POWER_LOSS);

    private static final Limits LIMITS = Limits.STANDARD;
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final int READS = 500;

    /** How often something is read before a lost connection is told. */
    private static final int READINGS = 3;

    private final Settings settings;
    private final Layout layout;
    private final SystemScheduler scheduler;
    private final Line line;
    private final Slots slots;
    private final Sweep sweep;
    private final Listings listings;
    private final Fates fates;
    private final Followers followers;
    private final CommitRun.Desk desk;
    private final Map<String, ZooKeeperSession> sessions = new ConcurrentHashMap<>();
    private final Set<SessionOpening> openings = ConcurrentHashMap.newKeySet();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile Home home;
    private volatile boolean closed;

    private ZooKeeperStore(Settings settings, SystemScheduler scheduler, Opening opening, Home home) {
        this.settings = settings;
        this.layout = settings.layout();
        this.scheduler = scheduler;
        this.line = opening.line();
        this.home = home;
        this.listings = new Listings(layout);
        this.slots = new Slots(settings, line::replace);
        this.sweep = new Sweep(line, settings, slots, scheduler, Sweep.GRACE);
        this.fates = new Fates(settings, line, scheduler);
        this.followers = new Followers(layout, listings, scheduler, line);
        this.desk =
                new CommitRun.Desk(settings, layout, line, slots, listings, new Recent(), new Crowds(LIMITS), fates);
    }

    /** What is there before the store is: its first connection, which tells the store of later ones. */
    private static final class Opening {
        private final Line line;
        private volatile @Nullable ZooKeeperStore store;

        Opening(Settings settings, Scheduler scheduler) throws IOException {
            line = new Line(settings, scheduler, this::connected);
        }

        Line line() {
            return line;
        }

        private void connected(Handle handle) {
            ZooKeeperStore opened = store;
            if (opened != null) {
                opened.connectedAgain(handle);
            }
        }
    }

    static ZooKeeperStore open(Settings settings) {
        SystemScheduler scheduler = new SystemScheduler("muster-zookeeper");
        Opening opening;
        try {
            opening = new Opening(settings, scheduler);
        } catch (IOException | IllegalArgumentException e) {
            scheduler.close();
            throw new InvalidArgument(
                    "the hosts of the store URI, " + settings.hosts()
                            + ", are none that ZooKeeper's client takes: write host:port, separated by commas",
                    e);
        }
        boolean done = false;
        try {
            ZooKeeperStore store = connect(settings, scheduler, opening);
            opening.store = store;
            done = true;
            return store;
        } finally {
            if (!done) {
                opening.line().close();
                scheduler.close();
            }
        }
    }

    private static ZooKeeperStore connect(Settings settings, SystemScheduler scheduler, Opening opening) {
        Handle handle;
        try {
            handle = Await.read(opening.line().current().ready(), settings.connect(), "reach ZooKeeper");
        } catch (dev.muster.store.TimeoutException e) {
            throw Line.unreachable(settings, Diagnosis.of(settings));
        }
        Home home =
                Await.read(Home.find(handle, settings), settings.connect(), "read the store at " + settings.hosts());
        handle.belongsTo(home);
        ZooKeeperStore store = new ZooKeeperStore(settings, scheduler, opening, home);
        Await.read(
                store.slots.show(handle).thenCompose(shown -> store.slots.prepare(handle)),
                settings.connect(),
                "write to the store at " + settings.hosts());
        store.sweep.begin();
        return store;
    }

    private void connectedAgain(Handle handle) {
        if (!handle.home().equals(home)) {
            wiped(handle.home());
        }
        slots.show(handle);
        followers.restart(handle);
    }

    /** The servers came back without what they had: what was owned there is lost, and so is every owner. */
    private void wiped(Home now) {
        LoggerFactory.getLogger(ZooKeeperStore.class)
                .warn("{} has lost its data: every session is lost, and each watch lists afresh", settings);
        home = now;
        slots.forget();
        fates.wiped();
        List.copyOf(sessions.values()).stream()
                .filter(session -> !session.handle().home().equals(now))
                .forEach(ZooKeeperSession::lose);
    }

    Line line() {
        return line;
    }

    Slots slots() {
        return slots;
    }

    @Nullable
    ZooKeeperSession session(String id) {
        return sessions.get(id);
    }

    @Override
    public String engine() {
        return "zookeeper";
    }

    @Override
    public Set<Trait> traits() {
        return TRAITS;
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return answer(() -> {
            SessionOpening opening;
            try {
                opening = new SessionOpening(settings, scheduler, options.timeout(), this::begin);
            } catch (IOException e) {
                throw new ConnectionException("Could not begin a session at " + settings.hosts(), e);
            }
            openings.add(opening);
            opening.opened().whenComplete((session, failure) -> openings.remove(opening));
            scheduler.after(
                    settings.connect(), () -> opening.giveUp(Line.unreachable(settings, "no server gave a session")));
            opening.beginAfter(line.whenReady());
            return opening.opened();
        });
    }

    private ZooKeeperSession begin(Handle handle, long askedAt) {
        String id = handle.home().sessionId(handle.sessionId());
        ZooKeeperSession session = new ZooKeeperSession(
                id, scheduler, handle, askedAt, Op.check(layout.base(), -1), ended -> sessions.remove(id));
        sessions.put(id, session);
        return session;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            try {
                LIMITS.check(commit);
            } catch (InvalidArgument e) {
                commit.fate().forestall();
                throw e;
            }
            commit.fate().send(commit);
            String id = commit.sessionId();
            ZooKeeperSession session = id == null ? null : sessions.get(id);
            if (id != null && session == null) {
                commit.fate().never();
                throw SessionLostException.of(commit);
            }
            return new CommitRun(desk, commit, session).start();
        });
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return answer(() -> fates.settle(commit));
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> {
            Names.checkPath(directory, LIMITS.pathBytes());
            return read(
                    "list directory " + directory,
                    handle -> {
                        Follower follower = followers.of(directory);
                        return follower == null ? listings.read(handle, directory) : follower.current();
                    },
                    READINGS);
        });
    }

    /** Asks again where the connection was lost meanwhile: no harm is done. */
    private <T> CompletableFuture<T> read(String what, Function<Handle, CompletableFuture<T>> ask, int times) {
        return line.ready(what).thenCompose(ask).exceptionallyCompose(failure -> {
            boolean again = Await.cause(failure) instanceof ConnectionException && !closed && times > 1;
            return again ? read(what, ask, times - 1) : CompletableFuture.failedFuture(failure);
        });
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> read("list the directories", handle -> directories(handle, prefix), READINGS));
    }

    private CompletableFuture<List<String>> directories(Handle handle, String prefix) {
        List<Op> buckets = new ArrayList<>();
        for (int i = 0; i < Layout.BUCKETS; i++) {
            buckets.add(Op.getChildren(layout.bucket(i)));
        }
        handle.sync(layout.entries());
        return handle.read(buckets).thenCompose(reply -> {
            List<String> paths = new ArrayList<>();
            for (OpResult result : reply.results()) {
                if (result instanceof OpResult.GetChildrenResult children) {
                    children.getChildren().stream()
                            .map(Layout::unescape)
                            .filter(path -> path.startsWith(prefix))
                            .forEach(paths::add);
                }
            }
            return withEntries(handle, paths, new ArrayList<>());
        });
    }

    /** Those of the directories that hold an entry, in order. */
    private CompletableFuture<List<String>> withEntries(Handle handle, List<String> paths, List<String> found) {
        if (paths.isEmpty()) {
            found.sort(Names.BYTE_ORDER);
            return CompletableFuture.completedFuture(List.copyOf(found));
        }
        List<String> part = paths.subList(0, Math.min(READS, paths.size()));
        List<Op> reads =
                part.stream().map(path -> Op.getData(layout.directory(path))).toList();
        return handle.read(reads).thenCompose(reply -> {
            for (int i = 0; i < part.size(); i++) {
                if (reply.results().get(i) instanceof OpResult.GetDataResult node
                        && node.getStat().getNumChildren() > 0) {
                    found.add(part.get(i));
                }
            }
            return withEntries(handle, paths.subList(part.size(), paths.size()), found);
        });
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        if (closed) {
            throw Failures.closed();
        }
        Names.checkPath(directory, LIMITS.pathBytes());
        WatchFeed[] self = new WatchFeed[1];
        Followers.Following[] following = new Followers.Following[1];
        WatchFeed feed = new WatchFeed(
                options, listener, scheduler, () -> following[0].current().get(), () -> {
                    following[0].leave().run();
                    feeds.remove(self[0]);
                });
        self[0] = feed;
        feeds.add(feed);
        following[0] = followers.follow(directory, options.names(), feed);
        if (closed) {
            feed.end(Failures.closed());
        }
        feed.pump();
        return feed;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        List.copyOf(openings).forEach(opening -> opening.giveUp(Failures.closed()));
        List.copyOf(sessions.values()).forEach(session -> ends.add(session.closeAsync()));
        List.copyOf(feeds).forEach(feed -> feed.end(Failures.closed()));
        followers.close();
        sweep.close();
        try {
            Await.read(
                    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)), CLOSING, "close the sessions");
            if (line.current().isConnected()) {
                Await.read(line.current().write(slots.removal()), CLOSING, "remove the slots of this client");
            }
        } catch (MusterException e) {
            LoggerFactory.getLogger(ZooKeeperStore.class)
                    .warn("closing {} left something to the time-outs: {}", settings, e.getMessage());
        }
        line.close();
        scheduler.close();
    }

    private <T> CompletableFuture<T> answer(Supplier<CompletableFuture<T>> work) {
        try {
            if (closed) {
                throw Failures.closed();
            }
            return work.get();
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
