package dev.muster.store.simulation;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A store of one simulated process: everything it does at the server goes by messages. */
final class SimulatedStore implements Store {

    static final Limits LIMITS = Limits.STANDARD;

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Connection connection;
    private final Watches watches;
    private final Map<String, SimulatedSession> sessions = new LinkedHashMap<>();
    private boolean closed;

    SimulatedStore(Simulation simulation, SimulatedProcess process) {
        this.simulation = simulation;
        this.process = process;
        this.connection = new Connection(simulation, process, this::moved);
        this.watches = new Watches(simulation, process, connection);
    }

    /** The server has lost what it knew. */
    private void moved() {
        simulation.note(process.name(), () -> "found another store in place of the old one");
        List.copyOf(sessions.values()).forEach(SimulatedSession::lose);
        watches.lost();
    }

    @Override
    public String engine() {
        return "simulation";
    }

    @Override
    public Set<Trait> traits() {
        return simulation.traits();
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public Scheduler scheduler() {
        return process.scheduler();
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return answer(() -> {
            long sentAt = process.scheduler().nanoTime();
            CompletableFuture<Lease> opened = connection.call(
                    Call.OPEN_SESSION,
                    server -> server.open(options.timeout()),
                    heard -> {},
                    () -> new TimeoutException("No answer to the request for a session. Try again."));
            return opened.thenApply(lease -> opened(lease, sentAt));
        });
    }

    private Session opened(Lease lease, long sentAt) {
        SimulatedSession session = simulation.parts().session(simulation, process, connection, lease);
        sessions.put(session.id(), session);
        session.onEnd(() -> sessions.remove(session.id()));
        session.begin(sentAt);
        if (closed) {
            session.closeAsync();
            throw closedStore();
        }
        return session;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return answer(() -> {
            LIMITS.check(commit);
            commit.fate().send(commit);
            String sessionId = commit.sessionId();
            if (sessionId != null && !sessions.containsKey(sessionId)) {
                commit.fate().never();
                throw SessionLostException.of(commit);
            }
            return connection.call(
                    Call.COMMIT,
                    server -> server.commit(commit),
                    heard -> learn(commit, heard),
                    () -> new OutcomeUnknownException(commit, null));
        });
    }

    private void learn(Commit commit, Answer<CommitResult> heard) {
        if (heard.value() instanceof CommitResult.Applied applied) {
            commit.fate().applied(applied.revision());
        } else {
            commit.fate().never();
        }
        SimulatedSession session = commit.sessionId() == null ? null : sessions.get(commit.sessionId());
        if (session != null && heard.failure() instanceof SessionLostException) {
            session.lose();
        }
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return answer(() -> connection.call(
                Call.SETTLE,
                server -> server.settle(commit),
                heard -> {
                    if (heard.value() instanceof Settlement.Applied applied) {
                        commit.fate().applied(applied.revision());
                    } else if (heard.value() instanceof Settlement.Never) {
                        commit.fate().never();
                    }
                },
                () -> new TimeoutException("No answer to the question what became of a commit on " + commit.directory()
                        + ". Ask again.")));
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return answer(() -> {
            Names.checkPath(directory, LIMITS.pathBytes());
            return connection.call(
                    Call.LIST,
                    server -> server.list(directory),
                    heard -> {},
                    () -> new TimeoutException("No answer to the listing of " + directory + ". Try again."));
        });
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return answer(() -> connection.call(
                Call.DIRECTORIES,
                server -> server.directories(prefix),
                heard -> {},
                () -> new TimeoutException("No answer to the question for directories. Try again.")));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        if (closed) {
            throw closedStore();
        }
        Names.checkPath(directory, LIMITS.pathBytes());
        return watches.start(directory, options, listener);
    }

    /** Within a task of the simulation it does not wait, since nothing else could happen meanwhile. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Set<CompletableFuture<Void>> ends = new LinkedHashSet<>();
        List.copyOf(sessions.values()).forEach(session -> ends.add(session.closeAsync()));
        watches.end(closedStore());
        CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
        if (!simulation.loop().isInside()) {
            simulation.pass(CLOSING, all::isDone);
        }
        connection.abandon();
    }

    private static ConnectionException closedStore() {
        return new ConnectionException("The simulated store is closed: open it again");
    }

    private <T> CompletableFuture<T> answer(Supplier<CompletableFuture<T>> work) {
        try {
            if (closed) {
                throw closedStore();
            }
            return work.get();
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
