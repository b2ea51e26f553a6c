package dev.muster.store.testkit.wire;

import dev.muster.store.Await;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SystemScheduler;
import dev.muster.store.spi.WatchFeed;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The plainest store over a network that keeps the contract, unless a fault is planted. */
final class WireStore implements Store {

    private static final Duration PING = Duration.ofMillis(200);
    private static final Duration DEAF = Duration.ofMillis(800);

    private static final class Watched {
        final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();
        final AtomicLong seen = new AtomicLong();

        /** Answers whether the revision was not seen before. */
        boolean see(long revision) {
            return seen.getAndAccumulate(revision, Math::max) < revision;
        }
    }

    private final WirePort port;
    private final WireLine line;
    private final SystemScheduler scheduler = new SystemScheduler("wire");
    private final List<WireSession> sessions = new CopyOnWriteArrayList<>();
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> firstConnection = new CompletableFuture<>();
    private volatile boolean closed;

    WireStore(WirePort port, InetSocketAddress address) {
        this.port = port;
        this.line = new WireLine(port, address, scheduler.executor(), this::told, this::connected, this::disconnected);
        try {
            Await.read(firstConnection, Duration.ofSeconds(5), "connect with the wire server");
        } catch (MusterException e) {
            close();
            throw e;
        }
        scheduler.after(PING, this::ping);
    }

    WireFault fault() {
        return port.fault();
    }

    private void connected() {
        firstConnection.complete(null);
        sessions.forEach(WireSession::heartbeat);
        watched.forEach((path, directory) -> subscribe(path, directory));
    }

    private void disconnected() {
        sessions.forEach(WireSession::suspend);
    }

    private void subscribe(String path, Watched directory) {
        ask((server, from) -> {
                    server.watch(from, path);
                    return server.revision(path);
                })
                .whenComplete((revision, failure) -> {
                    boolean first = directory.seen.get() == 0;
                    if (failure == null) {
                        directory.see((Long) revision);
                        if (first || fault() != WireFault.DOES_NOT_LIST_AFTER_A_RECONNECT) {
                            lost(directory);
                        }
                    }
                });
    }

    private void told(WirePort.News news) {
        Watched directory = watched.get(news.path());
        if (directory != null) {
            WatchEvent.Changed change = news.change();
            directory.see(change.revision());
            directory.feeds.forEach(feed -> feed.offer(change));
            pump(directory);
        }
    }

    private void lost(Watched directory) {
        directory.feeds.forEach(WatchFeed::lost);
        pump(directory);
    }

    /** Away from the line's thread: a listener's executor may be direct. */
    private void pump(Watched directory) {
        scheduler.executor().execute(() -> directory.feeds.forEach(WatchFeed::pump));
    }

    /** Finds a line that is dead, and a notification that was lost. */
    private void ping() {
        if (closed) {
            return;
        }
        if (fault() != WireFault.NEVER_ASKS_WHETHER_IT_IS_HEARD && line.isConnected()) {
            ask((server, from) -> true)
                    .orTimeout(DEAF.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((answer, failure) -> {
                        if (failure instanceof java.util.concurrent.TimeoutException) {
                            line.hangUp();
                        }
                    });
        }
        watched.forEach(this::verify);
        scheduler.after(PING, this::ping);
    }

    private void verify(String path, Watched directory) {
        if (fault() == WireFault.NEVER_VERIFIES || fault() == WireFault.DOES_NOT_LIST_AFTER_A_RECONNECT) {
            return;
        }
        ask((server, from) -> server.revision(path)).thenAccept(revision -> {
            if (directory.see((Long) revision)) {
                lost(directory);
            }
        });
    }

    /** Reads: a reply that is lost is as good as never sent. */
    CompletableFuture<Object> ask(WirePort.Request request) {
        return line.ask(request, false, 0);
    }

    private <T> CompletableFuture<T> read(WirePort.Request request, Function<Object, T> cast) {
        return ask(request).handle((answer, failure) -> {
            if (failure == null) {
                return cast.apply(answer);
            }
            Throwable cause = Await.cause(failure);
            throw cause instanceof MusterException known ? known : WireLine.unsent();
        });
    }

    @Override
    public String engine() {
        return "wire";
    }

    @Override
    public Set<Trait> traits() {
        return Set.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.SAME_VIEW_ACROSS_CLIENTS,
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
        if (closed) {
            return CompletableFuture.failedFuture(closedStore());
        }
        Duration least = limits().minSession();
        Duration most = limits().maxSession();
        Duration asked = options.timeout();
        WireSession session =
                new WireSession(this, asked.compareTo(least) < 0 ? least : asked.compareTo(most) > 0 ? most : asked);
        sessions.add(session);
        return session.begin();
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        try {
            limits().check(commit);
            commit.fate().send(commit);
        } catch (InvalidArgument e) {
            return CompletableFuture.failedFuture(e);
        }
        int padding = commit.changes().stream()
                .mapToInt(
                        change -> change instanceof Change.Put put ? put.value().size() : 0)
                .sum();
        WirePort.Request request = (server, from) -> server.commit(commit);
        if (fault() == WireFault.CALLS_UNSENT_WHAT_IT_SENDS_LATER && !line.isConnected()) {
            line.sendSooner(request);
        }
        return line.ask(request, fault() == WireFault.SENDS_AGAIN_BLINDLY, padding)
                .handle((answer, failure) -> finish(commit, answer, failure));
    }

    private CommitResult finish(Commit commit, Object answer, Throwable failure) {
        if (failure == null) {
            if (answer instanceof CommitResult.Applied applied) {
                commit.fate().applied(applied.revision());
            } else {
                commit.fate().never();
            }
            return (CommitResult) answer;
        }
        Throwable cause = Await.cause(failure);
        boolean denied = fault() == WireFault.DENIES_A_COMMIT_WHOSE_REPLY_WAS_LOST;
        if (cause instanceof MusterException || denied) {
            commit.fate().never();
            throw cause instanceof MusterException known ? known : WireLine.unsent();
        }
        throw new OutcomeUnknownException(commit, cause);
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return read((server, from) -> server.settle(commit.nonce()), answer -> {
            if (answer instanceof Settlement.Applied applied) {
                commit.fate().applied(applied.revision());
            } else {
                commit.fate().never();
            }
            return commit.fate().settlement().orElseThrow();
        });
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        try {
            Names.checkPath(directory, limits().pathBytes());
        } catch (InvalidArgument e) {
            return CompletableFuture.failedFuture(e);
        }
        return read((server, from) -> server.list(directory), Listing.class::cast);
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        if (closed) {
            throw closedStore();
        }
        Names.checkPath(directory, limits().pathBytes());
        Watched place = watched.computeIfAbsent(directory, first -> new Watched());
        WatchFeed[] self = new WatchFeed[1];
        self[0] = new WatchFeed(options, listener, scheduler, () -> list(directory), () -> place.feeds.remove(self[0]));
        place.feeds.add(self[0]);
        subscribe(directory, place);
        return self[0];
    }

    @Override
    @SuppressWarnings("unchecked")
    public CompletableFuture<List<String>> directories(String prefix) {
        return read((server, from) -> server.paths(prefix), answer -> (List<String>) answer);
    }

    private static MusterException closedStore() {
        return new ConnectionException("the wire store is closed");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        sessions.stream().filter(session -> !session.state().isFinal()).forEach(Session::close);
        watched.values().forEach(place -> List.copyOf(place.feeds).forEach(feed -> feed.end(closedStore())));
        line.close();
        scheduler.close();
    }
}
