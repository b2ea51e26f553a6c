package dev.muster.coordination.internal;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.Names;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one started coordinator gives to its recipes: the store, the present session, who it is, and where in the store
 * its directories are.
 */
public final class Scope {

    /** The longest name of a lock, group, election or member, in UTF-8 bytes: leaves room for a prefix. */
    public static final int NAME_BYTES = 120;

    /** The longest namespace, in UTF-8 bytes: leaves room for the kind and a name. */
    public static final int NAMESPACE_BYTES = 60;

    /** Past its own time-out, for an operation to say what became of it: of two clocks set alike either may ring first. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final Store store;
    private final String memberId;
    private final String namespace;
    private final Duration operationTimeout;
    private final SureCommits commits;
    private final Ownerships ownerships;
    private final Followers followers;
    private final List<Lasting> lasting = new CopyOnWriteArrayList<>();
    private final Map<Long, Waiting> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong waits = new AtomicLong();
    private volatile @Nullable Session session;
    private volatile boolean closed;

    public Scope(Store store, String memberId, String namespace, Duration operationTimeout) {
        this.store = store;
        this.memberId = memberId;
        this.namespace = namespace;
        this.operationTimeout = operationTimeout;
        this.commits = new SureCommits(store);
        this.ownerships = new Ownerships(store.scheduler());
        this.followers = new Followers(store);
    }

    public Store store() {
        return store;
    }

    public Scheduler scheduler() {
        return store.scheduler();
    }

    public String memberId() {
        return memberId;
    }

    public Duration operationTimeout() {
        return operationTimeout;
    }

    public SureCommits commits() {
        return commits;
    }

    public Ownerships ownerships() {
        return ownerships;
    }

    public Followers followers() {
        return followers;
    }

    /** Keeps what was begun in a session, so that it enters the next ones; the present one now, where that is another. */
    public void keep(Lasting one, Session begun) {
        lasting.add(one);
        Session present = session;
        if (present != null && present != begun) {
            one.enter(present);
        }
    }

    public void forget(Lasting one) {
        lasting.remove(one);
    }

    /**
     * Makes this the session that operations from now on belong to.
     *
     * @return false where this is closed: the session is not taken
     */
    public boolean enter(Session next) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            session = next;
        }
        lasting.forEach(one -> one.enter(next));
        next.listen(state -> {
            if (state.isFinal()) {
                ownerships.sessionEnded(next);
                endWaiting(next);
            }
        });
        return true;
    }

    /** Sees to it that what waits for others fails when the session ends, as it would else wait for nothing. */
    public void waitIn(Session present, CompletableFuture<?> outcome) {
        long number = waits.incrementAndGet();
        waiting.put(number, new Waiting(present, outcome));
        outcome.whenComplete((value, failure) -> waiting.remove(number));
        if (closed || present.state().isFinal()) {
            endWaiting(present);
        }
    }

    private void endWaiting(Session ended) {
        waiting.values().forEach(one -> {
            if (one.session == ended) {
                one.outcome.completeExceptionally(sessionLost());
            }
        });
    }

    private record Waiting(Session session, CompletableFuture<?> outcome) {}

    private SessionLostException sessionLost() {
        return new SessionLostException("The session of member " + memberId + " at the " + store.engine()
                + " store has ended. Start the coordinator again, or build it with rejoin(true).");
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * The present session.
     *
     * @throws SessionLostException where the coordinator has none
     */
    public Session session() {
        Session present = session;
        if (present == null || present.state().isFinal()) {
            throw sessionLost();
        }
        return present;
    }

    /** The directory of one recipe's thing, for instance kind "locks", name "orders". Checks the name. */
    public String directory(String kind, String name) {
        Names.check("name among the " + kind, name, NAME_BYTES);
        return root(kind) + name;
    }

    private String root(String kind) {
        return namespace + "/" + kind + "/";
    }

    /** The names of all things of a kind that have an entry, sorted. */
    public CompletableFuture<List<String>> names(String kind) {
        String root = root(kind);
        return store.directories(root)
                .thenApply(paths -> paths.stream()
                        .map(path -> path.substring(root.length()))
                        .toList());
    }

    /** The deadline, on the scheduler's clock, of an operation that starts now. */
    public long deadline() {
        return deadline(operationTimeout);
    }

    public long deadline(Duration timeout) {
        return scheduler().nanoTime() + bounded(timeout).toNanos();
    }

    /** At most a hundred years, which a long can count in nanoseconds. */
    public static Duration bounded(Duration timeout) {
        return timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER;
    }

    /**
     * Ends the session, and with it all that it owns. Completes when the store has confirmed; fails after the operation
     * time-out, when what is left ends with the session's time-out.
     */
    public CompletableFuture<Void> closeAsync() {
        Session last;
        synchronized (this) {
            closed = true;
            last = session;
        }
        ownerships.closing();
        followers.close();
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        endWaiting(last);
        CompletableFuture<Void> ended = last.closeAsync().copy();
        Cancellable timer = scheduler()
                .after(
                        operationTimeout,
                        () -> ended.completeExceptionally(new TimeoutException("The end of the session of"
                                + " member " + memberId + " was not confirmed within " + operationTimeout
                                + ": its time-out ends it.")));
        return ended.whenComplete((done, failure) -> timer.cancel());
    }

    /** Begins an operation that this thread is going to join next: where it can, the engine works on this thread. */
    public <T> CompletableFuture<T> standingBy(Supplier<CompletableFuture<T>> operation) {
        return Await.standingBy(operationTimeout, operation);
    }

    /** Joins an operation that ends by itself: an operation time-out after this time at the latest, and says how. */
    public <T> T join(CompletableFuture<T> operation, Duration within, String what) {
        return Await.read(operation, bounded(within).plus(operationTimeout).plus(GRACE), what);
    }

    /** Joins an operation that commits: it ends by itself at the operation time-out, saying what became of it. */
    public <T> T joinCommit(CompletableFuture<T> operation, String what) {
        return join(operation, operationTimeout, what);
    }

    /** Joins an operation that takes at most the operation time-out, and changes nothing or goes on by itself. */
    public <T> T join(CompletableFuture<T> operation, String what) {
        return Await.read(operation, operationTimeout, what);
    }

    /**
     * Joins an operation whose answer has to be closed by somebody.
     *
     * @param giveBack closes the answer where it comes too late for the caller, on the store's executor
     */
    public <T> T joinOrGiveBack(CompletableFuture<T> operation, String what, Consumer<? super T> giveBack) {
        boolean handedOut = false;
        try {
            T answer = joinCommit(operation, what);
            handedOut = true;
            return answer;
        } finally {
            if (!handedOut) {
                operation.thenAcceptAsync(giveBack, scheduler().executor());
            }
        }
    }
}
