package dev.muster.store.etcd;

import dev.muster.store.Await;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Guard;
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
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client of a store in etcd: one connection, one stream of watches, one of renewals. */
final class EtcdStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdStore.class);

    /** Sessions shorter than this would be all margin. */
    private static final Limits LIMITS = new Limits(
            Limits.STANDARD.nameBytes(),
            Limits.STANDARD.pathBytes(),
            Limits.STANDARD.valueBytes(),
            Limits.STANDARD.commitChanges(),
            Limits.STANDARD.commitBytes(),
            Limits.STANDARD.directoryNameBytes(),
            Duration.ofSeconds(3),
            Limits.STANDARD.maxSession());

    /** A transaction takes 128 operations: what it looks at where it does not apply is one for each. */
    private static final int MOST_PARTS = 120;

    /** What the name of an appended entry takes besides, since it may lie in several places. */
    private static final int APPENDED_PARTS = 2;

    private static final long CLOSING_SECONDS = 5;

    private final Settings settings;
    private final SystemScheduler scheduler = new SystemScheduler("muster-etcd");
    private final Cluster cluster;
    private final Calls calls;
    private final Failures failures;
    private final Leases leases;
    private final Fence fence;
    private final Reader reader;
    private final Committer committer;
    private final Heart heart;
    private final Sessions sessions;
    private final Watches watches;
    private final Set<Trait> traits;
    private volatile boolean closed;

    private EtcdStore(Settings settings) {
        this.settings = settings;
        this.failures = new Failures(settings);
        this.cluster = new Cluster(settings.servers(), new Dialer(settings));
        Credentials credentials = new Credentials(cluster, settings.user(), settings.password());
        this.calls = new Calls(cluster, credentials, scheduler, settings.timeout());
        Keys keys = new Keys(settings.prefix());
        Identity identity = new Identity(calls, keys, new ServerClock(calls, scheduler));
        this.leases = new Leases(calls);
        this.fence = new Fence(calls, leases, keys, identity);
        this.reader = new Reader(calls, keys, identity);
        this.committer = new Committer(calls, keys, identity, fence, reader, new Room(LIMITS), failures);
        WatchStream stream = new WatchStream(cluster, credentials, scheduler);
        this.watches = new Watches(stream, keys, identity, reader, cluster, scheduler);
        KeepAlives keepAlives = new KeepAlives(cluster, credentials);
        this.heart = new Heart(calls, keys, identity, keepAlives, fence, failures, scheduler, () -> !watches.isEmpty());
        this.sessions = new Sessions(calls, leases, keys, identity, heart, stream, LIMITS, scheduler);
        boolean opened = false;
        try {
            this.traits = traits(new Opening(cluster, failures).servers());
            Await.read(failures.told(identity.load(), "open the store"), Duration.ofSeconds(10), "open the store");
            // The fence wants to be kept alive too, where there is neither a session nor a watch.
            heart.quicken();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** Connects, within 5 s. */
    static EtcdStore open(Settings settings) {
        return new EtcdStore(settings);
    }

    private static Set<Trait> traits(Opening.Servers servers) {
        Set<Trait> traits = EnumSet.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.DISTRIBUTED_ACROSS_PROCESSES,
                Trait.DISTRIBUTED_ACROSS_HOSTS,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.SERIALIZABLE,
                Trait.SAME_VIEW_UNDER_PARTITIONS,
                Trait.SAME_VIEW_ACROSS_CLIENTS,
                Trait.DURABLE_ACROSS_CRASH,
                Trait.DURABLE_ACROSS_POWER_LOSS,
                Trait.EVERY_CHANGE);
        if (servers.keepLivingLeases()) {
            traits.add(Trait.LEASE_SAFE);
        }
        return Set.copyOf(traits);
    }

    @Override
    public String engine() {
        return "etcd";
    }

    @Override
    public Set<Trait> traits() {
        return traits;
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
        // Who opens a session may tell its listeners where the future completes: not on a thread for I/O.
        return answer(
                "open a session",
                () -> sessions.open(options).thenApplyAsync(this::unlessClosed, scheduler.executor()));
    }

    private Session unlessClosed(Session session) {
        if (closed) {
            session.closeAsync();
            throw Committer.closedStore();
        }
        return session;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer("commit on " + commit.directory(), () -> {
            boolean sent = false;
            try {
                LIMITS.check(commit);
                checkParts(commit);
                EtcdSession session = session(commit);
                CompletableFuture<CommitResult> result = committer.commit(commit, session);
                sent = true;
                return result;
            } finally {
                if (!sent) {
                    commit.fate().forestall();
                }
            }
        });
    }

    private static void checkParts(Commit commit) {
        int parts = commit.guards().size() + commit.changes().size();
        for (Guard guard : commit.guards()) {
            parts += Slots.isAppended(guard.name()) ? APPENDED_PARTS : 0;
        }
        for (Change change : commit.changes()) {
            parts += Slots.isAppended(change.name()) ? APPENDED_PARTS : 0;
        }
        if (parts > MOST_PARTS) {
            throw new InvalidArgument("commit on " + commit.directory() + " has " + parts
                    + " guards and changes (each of an appended entry counts as three): at most " + MOST_PARTS
                    + " are allowed, so split it");
        }
    }

    private @Nullable EtcdSession session(Commit commit) {
        String id = commit.sessionId();
        if (id == null) {
            return null;
        }
        EtcdSession session = sessions.find(id);
        if (session == null) {
            throw SessionLostException.of(commit);
        }
        return session;
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return answer("settle a commit on " + commit.directory(), () -> committer.settle(commit));
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer("list " + directory, () -> {
            Names.checkPath(directory, LIMITS.pathBytes());
            return reader.read(directory, false).thenApply(Reader.State::listing);
        });
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        checkOpen();
        Names.checkPath(directory, LIMITS.pathBytes());
        Watch watch = watches.watch(directory, options, listener);
        if (closed) {
            watches.close(Committer.closedStore());
        }
        heart.quicken();
        return watch;
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer("list directories", () -> reader.directories(prefix));
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        watches.close(Committer.closedStore());
        endLeases();
        heart.close();
        calls.close();
        cluster.close();
        scheduler.close();
    }

    /** What is not confirmed in time ends by itself. */
    private void endLeases() {
        Fence.Client client = fence.known();
        CompletableFuture<?>[] ends = Stream.concat(
                        sessions.all().stream().map(EtcdSession::closeAsync),
                        Stream.ofNullable(client).map(known -> leases.revoke(known.lease)))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.info("{} did not confirm the end of this client's leases: their time-outs end them", settings);
        }
    }

    /** Ends a session as its time-out would, without a word to this client. */
    void expire(Session session) {
        Await.read(leases.revoke(((EtcdSession) session).lease()), settings.timeout(), "revoke a lease");
    }

    private void checkOpen() {
        if (closed) {
            throw Committer.closedStore();
        }
    }

    private <T> CompletableFuture<T> answer(String what, Supplier<CompletableFuture<T>> work) {
        try {
            checkOpen();
            return failures.told(work.get(), what);
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
