package dev.muster.coordination;

import dev.muster.coordination.election.Election;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.internal.Scope;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.MultiLock;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.NotSupported;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's way to coordinate with others over a store: locks, groups, elections. Started, it has a session that the
 * library keeps alive; closed, it leaves nothing behind. It may be started again. Thread-safe.
 *
 * <pre>{@code
 * try (Coordinator coordinator = Coordinator.connect("file:///var/lib/app/muster", "worker-1");
 *         LockHandle held = coordinator.lock("orders").acquire(Duration.ofSeconds(10))) {
 *     ship(order, held.token());
 * }
 * }</pre>
 */
public final class Coordinator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    private final Supplier<Store> opening;
    private final boolean closesStore;
    private final CoordinatorOptions options;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();

    /** Of the start that is under way, or the last that succeeded; null while neither. Guarded by this. */
    private @Nullable CompletableFuture<Coordinator> started;

    private volatile @Nullable Scope scope;

    private Coordinator(Supplier<Store> opening, boolean closesStore, CoordinatorOptions options) {
        this.opening = opening;
        this.closesStore = closesStore;
        this.options = options;
    }

    /** A coordinator over a store of its own, which it opens when started and closes when stopped. */
    public static Coordinator over(String storeUri, CoordinatorOptions options) {
        return new Coordinator(() -> Store.open(storeUri), true, options);
    }

    /** A coordinator over a store that others may use too, and that it does not close. */
    public static Coordinator over(Store store, CoordinatorOptions options) {
        return new Coordinator(() -> store, false, options);
    }

    /** Opens the store that the URI names and starts a coordinator with default options there. */
    public static Coordinator connect(String storeUri, String memberId) {
        Coordinator made = over(storeUri, CoordinatorOptions.member(memberId).build());
        boolean started = false;
        try {
            made.start();
            started = true;
            return made;
        } finally {
            if (!started) {
                // It may yet start, where this thread was interrupted: nobody would ever close it.
                made.close();
            }
        }
    }

    /**
     * Connects and opens a session. Does nothing where it is started.
     *
     * @return this
     * @throws NotSupported where the store does not promise what the options require
     */
    public Coordinator start() {
        return Await.read(startAsync(), options.operationTimeout().multipliedBy(2), "start " + this);
    }

    /** The asynchronous form of {@link #start}; a store that it opens itself is opened on the caller's thread. */
    public CompletableFuture<Coordinator> startAsync() {
        CompletableFuture<Coordinator> start = new CompletableFuture<>();
        synchronized (this) {
            if (started != null) {
                return started.copy();
            }
            started = start;
        }
        Store opened;
        try {
            opened = opening.get();
        } catch (RuntimeException failure) {
            fail(start, failure);
            return start;
        }
        begin(opened).whenComplete((begun, failure) -> {
            if (failure != null) {
                fail(start, Await.cause(failure));
                abandon(opened);
            } else if (!enter(start, begun)) {
                begun.closeAsync().whenComplete((done, late) -> abandon(opened));
            } else {
                start.complete(this);
            }
        });
        return start;
    }

    private CompletableFuture<Scope> begin(Store opened) {
        Set<Trait> missing = EnumSet.noneOf(Trait.class);
        missing.addAll(options.requires());
        missing.removeAll(opened.traits());
        if (!missing.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new NotSupported("The " + opened.engine() + " store does not promise " + missing + ", which member "
                            + options.memberId() + " requires. Choose an engine that does, or require less."));
        }
        Scope next = new Scope(opened, options.memberId(), options.namespace(), options.operationTimeout());
        return new Sessions(next, options, listeners).open().thenApply(done -> next);
    }

    /** Answers false where this was closed while it started. */
    private synchronized boolean enter(CompletableFuture<Coordinator> start, Scope begun) {
        if (started != start) {
            return false;
        }
        scope = begun;
        return true;
    }

    private void fail(CompletableFuture<Coordinator> start, Throwable failure) {
        synchronized (this) {
            if (started == start) {
                started = null;
            }
        }
        start.completeExceptionally(failure);
    }

    private void abandon(Store opened) {
        if (closesStore) {
            opened.scheduler().executor().execute(opened::close);
        }
    }

    public boolean isStarted() {
        return scope != null;
    }

    public String memberId() {
        return options.memberId();
    }

    /** The lock of a name. */
    public DistributedLock lock(String name) {
        return new DistributedLock(scope(), name);
    }

    /** Several locks, to be taken together. */
    public MultiLock locks(String... names) {
        return new MultiLock(scope(), List.of(names));
    }

    /** The group of a name, existing or not. */
    public Group group(String name) {
        return new Group(scope(), name, options.onRejoined());
    }

    /**
     * Joins a group, creating it where needed, to share keys out among its members.
     *
     * @throws dev.muster.coordination.group.MemberAlreadyJoined where this member's id is in the group already
     */
    public Partitioner partition(String group, PartitionOptions partitionOptions) {
        return scope().joinOrGiveBack(
                        partitionAsync(group, partitionOptions), "join partitioned group " + group, Partitioner::close);
    }

    /** The asynchronous form of {@link #partition}. */
    public CompletableFuture<Partitioner> partitionAsync(String group, PartitionOptions partitionOptions) {
        return Partitioner.join(scope(), group, partitionOptions);
    }

    /** The names of the groups that exist, sorted. */
    public List<String> groups() {
        Scope present = scope();
        return present.join(Group.names(present), "list the groups");
    }

    /** The names of the locks that are held or wanted, sorted. */
    public List<String> lockNames() {
        Scope present = scope();
        return present.join(DistributedLock.names(present), "list the locks");
    }

    /** The names of the elections that have a candidate, sorted. */
    public List<String> electionNames() {
        Scope present = scope();
        return present.join(Election.names(present), "list the elections");
    }

    /** The election of a name. */
    public Election election(String name) {
        return new Election(scope(), name);
    }

    /** The session at present. After a rejoin it is another. */
    public Session session() {
        return scope().session();
    }

    /** The store, for what the recipes do not cover. */
    public Store store() {
        return scope().store();
    }

    /** Tells of the session's states, over all sessions of this coordinator. On the store's executor. */
    public Cancellable listen(SessionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private Scope scope() {
        Scope present = scope;
        if (present == null) {
            throw new ConnectionException(
                    "The coordinator of member " + options.memberId() + " is not started: call start() first");
        }
        return present;
    }

    /**
     * Releases all, leaves all groups and elections, and ends the session, in at most the operation time-out; what the
     * store does not confirm in time ends with the session's time-out. Does nothing where it is not started.
     */
    @Override
    public void close() {
        Scope present = leave();
        if (present == null) {
            return;
        }
        try {
            Await.read(present.closeAsync(), options.operationTimeout().multipliedBy(2), "close " + this);
        } catch (MusterException e) {
            LOG.warn("{}: {}", this, e.getMessage());
        }
        if (closesStore) {
            present.store().close();
        }
    }

    /** The asynchronous form of {@link #close}; fails where the store did not confirm in time. */
    public CompletableFuture<Void> closeAsync() {
        Scope present = leave();
        if (present == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> ended = present.closeAsync();
        Store opened = present.store();
        return closesStore
                ? ended.whenCompleteAsync(
                        (done, failure) -> opened.close(), opened.scheduler().executor())
                : ended;
    }

    private synchronized @Nullable Scope leave() {
        CompletableFuture<Coordinator> start = started;
        Scope present = scope;
        started = null;
        scope = null;
        if (present == null && start != null) {
            start.completeExceptionally(new ConnectionException(
                    "The coordinator of member " + options.memberId() + " was closed while it started"));
        }
        return present;
    }

    @Override
    public String toString() {
        return "coordinator of member " + options.memberId() + (isStarted() ? "" : " (not started)");
    }
}
