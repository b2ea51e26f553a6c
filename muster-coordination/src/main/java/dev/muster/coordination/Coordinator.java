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
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    private static final Duration REOPEN = Duration.ofMillis(200);

    private final Supplier<Store> opening;
    private final boolean closesStore;
    private final CoordinatorOptions options;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Store store;
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
        return over(storeUri, CoordinatorOptions.member(memberId).build()).start();
    }

    /**
     * Connects and opens a session. Does nothing where it is started.
     *
     * @return this
     * @throws NotSupported where the store does not promise what the options require
     */
    public synchronized Coordinator start() {
        if (scope != null) {
            return this;
        }
        Store opened = opening.get();
        boolean begun = false;
        try {
            requireTraits(opened);
            Scope next = new Scope(opened, options.memberId(), options.namespace(), options.operationTimeout());
            Session session = opened.openSession(options.session(), options.operationTimeout());
            next.enter(session);
            scope = next;
            store = opened;
            listen(next, session);
            begun = true;
            return this;
        } finally {
            if (!begun && closesStore) {
                opened.close();
            }
        }
    }

    private void requireTraits(Store opened) {
        Set<Trait> missing = EnumSet.noneOf(Trait.class);
        missing.addAll(options.requires());
        missing.removeAll(opened.traits());
        if (!missing.isEmpty()) {
            throw new NotSupported("The " + opened.engine() + " store does not promise " + missing + ", which member "
                    + options.memberId() + " requires. Choose an engine that does, or require less.");
        }
    }

    private void listen(Scope present, Session session) {
        session.listen(new SessionListener() {
            @Override
            public void onState(Session.State state) {
                listeners.forEach(listener -> listener.onState(state));
                if (state == Session.State.LOST && options.rejoin()) {
                    reopen(present);
                }
            }

            @Override
            public void onFailure(MusterException failure) {
                listeners.forEach(listener -> listener.onFailure(failure));
            }
        });
    }

    /** Opens another session in the place of the lost one, until that works or this is closed. */
    private void reopen(Scope present) {
        if (scope != present) {
            return;
        }
        present.store().openSession(options.session()).whenComplete((session, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "member {}: no new session yet: {}",
                        options.memberId(),
                        Await.cause(failure).getMessage());
                present.scheduler().after(REOPEN, () -> reopen(present));
            } else if (scope != present) {
                session.closeAsync();
            } else {
                present.enter(session);
                listen(present, session);
                listeners.forEach(listener -> listener.onState(Session.State.CONNECTED));
            }
        });
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
        Scope present = scope();
        return present.join(Partitioner.join(present, group, partitionOptions), "join partitioned group " + group);
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

    /** The names of the elections that have a candidate or had a leader, sorted. */
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
    public synchronized void close() {
        Scope present = scope;
        Store opened = store;
        if (present == null || opened == null) {
            return;
        }
        scope = null;
        present.close();
        if (closesStore) {
            opened.close();
        }
    }

    @Override
    public String toString() {
        return "coordinator of member " + options.memberId() + (isStarted() ? "" : " (not started)");
    }
}
