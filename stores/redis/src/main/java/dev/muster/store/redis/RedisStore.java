package dev.muster.store.redis;

import dev.muster.store.Await;
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
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store on a Redis primary. Operations are sent on the caller's thread and answered on the one that reads the reply. */
final class RedisStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final RedisClient client;
    private final Set<Trait> traits;
    private volatile boolean closed;

    RedisStore(RedisClient client, Set<Trait> traits) {
        this.client = client;
        this.traits = traits;
    }

    /** What a server promises, alone or with replicas. */
    static Set<Trait> traits(RedisOptions options, ServerInfo info) {
        EnumSet<Trait> traits = EnumSet.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.DISTRIBUTED_ACROSS_PROCESSES,
                Trait.DISTRIBUTED_ACROSS_HOSTS,
                Trait.SERIALIZABLE);
        if (!options.isSentinel() && info.replicas() == 0) {
            traits.addAll(Set.of(Trait.LINEARIZABLE, Trait.SEQUENTIAL, Trait.CAUSAL, Trait.SAME_VIEW_ACROSS_CLIENTS));
            if (info.durable()) {
                // A server that forgets in a crash frees at once what its clients still believe to hold.
                traits.addAll(Set.of(Trait.DURABLE_ACROSS_CRASH, Trait.DURABLE_ACROSS_POWER_LOSS, Trait.LEASE_SAFE));
            }
        }
        return Set.copyOf(traits);
    }

    @Override
    public String engine() {
        return client.options().isSentinel() ? RedisOptions.SENTINEL : "redis";
    }

    @Override
    public Set<Trait> traits() {
        return traits;
    }

    @Override
    public Limits limits() {
        return client.limits();
    }

    @Override
    public Scheduler scheduler() {
        return client.scheduler();
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return answer(() -> {
            Duration timeout = options.timeout();
            if (timeout.compareTo(limits().minSession()) < 0) {
                timeout = limits().minSession();
            } else if (timeout.compareTo(limits().maxSession()) > 0) {
                timeout = limits().maxSession();
            }
            return client.keeper().open(timeout).thenApply(session -> {
                if (closed) {
                    session.closeAsync();
                    throw closedStore();
                }
                return session;
            });
        });
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            limits().check(commit);
            commit.fate().send(commit);
            RedisSession session;
            try {
                session = session(commit);
            } catch (SessionLostException e) {
                commit.fate().never();
                throw e;
            }
            Duration patience = Await.patience();
            boolean awaited = patience.compareTo(CommandLink.MOMENT) >= 0;
            CommitRequest request = new CommitRequest(client, commit, session, client.deadline(), awaited);
            client.link().send(request);
            if (awaited) {
                client.link().await(request, patience);
            }
            return request.result;
        });
    }

    private @Nullable RedisSession session(Commit commit) {
        String id = commit.sessionId();
        if (id == null) {
            return null;
        }
        RedisSession session = client.keeper().session(id);
        if (session == null || session.state().isFinal()) {
            throw SessionLostException.of(commit);
        }
        return session;
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return client.settling().settle(commit);
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> client.listing(Names.checkPath(directory, limits().pathBytes())));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, limits().pathBytes());
        WatchFeed feed = client.feed().watch(directory, options, listener);
        if (closed) {
            feed.end(closedStore());
        }
        return feed;
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> new Directories(client, prefix).all());
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
        client.keeper().sessions().forEach(session -> ends.add(session.closeAsync()));
        ends.add(client.bye());
        try {
            CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                    .get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the server did not confirm the end of the store's sessions: their time-outs end them", e);
        }
        client.feed().end(closedStore());
        client.close();
    }

    private void checkOpen() {
        if (closed) {
            throw closedStore();
        }
    }

    private static ConnectionException closedStore() {
        return new ConnectionException("The redis store is closed: open it again");
    }

    private <T> CompletableFuture<T> answer(Supplier<CompletableFuture<T>> work) {
        try {
            checkOpen();
            return work.get();
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
