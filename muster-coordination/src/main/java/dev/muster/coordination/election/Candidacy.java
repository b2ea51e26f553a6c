package dev.muster.coordination.election;

import dev.muster.coordination.internal.Lasting;
import dev.muster.coordination.internal.Scope;
import dev.muster.store.Bytes;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.SerialExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Standing for election: a place in the queue of candidates, kept until it is closed or the session ends. Closing it
 * resigns and leaves the queue.
 */
public final class Candidacy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Candidacy.class);
    private static final String PREFIX = "c-";
    private static final Duration RETRY = Duration.ofMillis(200);

    private final Scope scope;
    private final String election;
    private final String directory;
    private final Consumer<Leadership> onElected;
    private final SerialExecutor serial;
    private final SerialExecutor callbacks;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final Lasting standing = this::enter;

    /** Touched by the serial executor alone, but for what is volatile. */
    private DirectoryState state = new DirectoryState();

    private volatile @Nullable Session session;
    private @Nullable Cancellable following;
    private String candidate = "";
    private long created;
    private boolean committing;

    /** Its leadership has been told that it is over: from then on the store may be told too. */
    private boolean leaving;

    private volatile @Nullable HeldLeadership requeueing;
    private volatile @Nullable HeldLeadership leadership;

    Candidacy(Scope scope, String election, String directory, Consumer<Leadership> onElected) {
        this.scope = scope;
        this.election = election;
        this.directory = directory;
        this.onElected = onElected;
        this.serial = new SerialExecutor(scope.scheduler().executor());
        this.callbacks = new SerialExecutor(scope.scheduler().executor());
    }

    /** Stands in the present session, and in those after it. */
    void begin(Session present) {
        enter(present);
        scope.keep(standing, present);
    }

    static boolean isCandidate(String entryName) {
        return entryName.startsWith(PREFIX);
    }

    /** The leadership of the present term, if it is this candidate's. */
    public Optional<Leadership> leadership() {
        return Optional.<Leadership>ofNullable(leadership).filter(Leadership::isValid);
    }

    private void enter(Session next) {
        serial.execute(() -> {
            if (closed.get() || session == next) {
                return;
            }
            session = next;
            candidate = "";
            committing = false;
            requeueing = null;
            if (following == null) {
                following = scope.followers().follow(directory, event -> serial.execute(() -> onEvent(event)));
            }
            evaluate();
        });
    }

    private void onEvent(WatchEvent event) {
        state.follow(event);
        evaluate();
    }

    /** Stands, takes office, or waits: whatever the state of the directory asks for next. */
    private void evaluate() {
        Session present = session;
        if (closed.get()
                || committing
                || requeueing != null
                || present == null
                || present.state().isFinal()) {
            return;
        }
        if (candidate.isEmpty()) {
            stand(present);
            return;
        }
        HeldLeadership own = leadership;
        long known = Math.max(created, own == null ? 0 : own.token().value());
        if (state.revision() < known) {
            return;
        }
        Entry entry = state.get(candidate);
        if (entry == null || entry.created() != created) {
            candidate = "";
            stand(present);
            return;
        }
        Term term = Term.of(state);
        if (own != null && own.token().value() != revision(term)) {
            own.superseded();
        }
        if (term == null) {
            Term named = Term.named(state);
            if (candidate.equals(next(named))) {
                takeOffice(present, named);
            }
        } else if (term.candidate().equals(candidate)) {
            if (own == null || own.token().value() != term.revision()) {
                lead(present, term.revision());
            }
        } else if (state.get(term.candidate()) == null && candidate.equals(next(null))) {
            vacate(present, term);
        }
    }

    private static long revision(@Nullable Term term) {
        return term == null ? 0 : term.revision();
    }

    /** Who is to lead: the candidate that has been named, else the oldest. */
    private @Nullable String next(@Nullable Term named) {
        if (named != null && state.get(named.candidate()) != null) {
            return named.candidate();
        }
        return state.entries().stream()
                .map(Entry::name)
                .filter(Candidacy::isCandidate)
                .findFirst()
                .orElse(null);
    }

    private void stand(Session present) {
        String[] name = new String[1];
        send(
                () -> {
                    Commit.Builder builder = Commit.in(directory).as(present);
                    name[0] = append(builder, scope.memberId());
                    return builder.build();
                },
                present,
                applied -> {
                    candidate = name[0];
                    created = applied.revision();
                });
    }

    private void takeOffice(Session present, @Nullable Term named) {
        String own = candidate;
        send(
                () -> {
                    Commit.Builder builder = Commit.in(directory)
                            .as(present)
                            .created(own, created)
                            .absent(Term.ENTRY);
                    if (named == null) {
                        builder.absent(Term.NAMED);
                    } else {
                        builder.at(Term.NAMED, named.revision()).delete(Term.NAMED);
                    }
                    return builder.putOwned(Term.ENTRY, Term.encode(own, scope.memberId()))
                            .build();
                },
                present,
                applied -> lead(present, applied.revision()));
    }

    /** Somebody removed the leader's candidate by hand and left its term: it is over. */
    private void vacate(Session present, Term term) {
        send(
                () -> Commit.in(directory)
                        .at(Term.ENTRY, term.revision())
                        .absent(term.candidate())
                        .delete(Term.ENTRY)
                        .build(),
                present,
                applied -> {});
    }

    /** Commits, then looks again; where the guards refused, once there is something new to see. */
    private void send(Supplier<Commit> attempt, Session present, Consumer<CommitResult.Applied> onApplied) {
        committing = true;
        long seen = state.revision();
        CompletableFuture<CommitResult> sent = scope.commits().commit(attempt, Long.MAX_VALUE);
        sent.whenComplete((result, failure) -> serial.execute(() -> {
            if (session != present) {
                return;
            }
            committing = false;
            if (result instanceof CommitResult.Applied applied) {
                onApplied.accept(applied);
            }
            if (leaving) {
                leave();
            } else if (failure != null && !present.state().isFinal()) {
                LOG.warn("election {}: {}", election, failure.getMessage());
                scope.scheduler().after(RETRY, () -> serial.execute(this::evaluate));
            } else if (result != null && (result.isApplied() || state.revision() > seen)) {
                evaluate();
            }
        }));
    }

    private void lead(Session present, long term) {
        if (closed.get()) {
            return;
        }
        HeldLeadership next = HeldLeadership.begin(scope, present, directory, candidate, created, election, term, this);
        leadership = next;
        callbacks.execute(() -> onElected.accept(next));
    }

    /** This leadership is being resigned: until that is known, its candidate may be there or not. On any thread. */
    void requeues(HeldLeadership resigned) {
        if (session == resigned.session()) {
            requeueing = resigned;
        }
    }

    void requeued(HeldLeadership resigned, String as, @Nullable CommitResult result) {
        serial.execute(() -> {
            if (resigned.equals(requeueing)) {
                requeueing = null;
            }
            if (session != resigned.session()) {
                return;
            }
            if (result instanceof CommitResult.Applied applied) {
                candidate = as;
                created = applied.revision();
            }
            if (leaving) {
                leave();
            } else {
                evaluate();
            }
        });
    }

    static String append(Commit.Builder builder, String memberId) {
        return builder.appendOwned(PREFIX, Bytes.utf8(memberId));
    }

    /** Resigns and leaves the queue; completes when the store has confirmed, or the session has ended. */
    public CompletableFuture<Void> closeAsync() {
        if (scope.isClosed()) {
            return CompletableFuture.completedFuture(null);
        }
        if (closed.compareAndSet(false, true)) {
            scope.forget(standing);
            serial.execute(this::resign);
        }
        return left.exceptionally(sessionLost -> null);
    }

    private void resign() {
        leaving = true;
        HeldLeadership own = leadership;
        if (own != null) {
            own.over();
        }
        if (following != null) {
            following.cancel();
        }
        if (session != null) {
            scope.waitIn(session, left);
        }
        if (!committing && requeueing == null) {
            leave();
        }
    }

    private void leave() {
        if (candidate.isEmpty()) {
            left.complete(null);
            return;
        }
        // The watch may not have told of the own term yet.
        HeldLeadership own = leadership;
        long term = own != null && own.isOf(candidate) ? own.token().value() : 0;
        leave(commit -> term > 0 ? commit.at(Term.ENTRY, term).delete(Term.ENTRY) : commit)
                .thenCompose(done -> done ? CompletableFuture.completedFuture(true) : leave(commit -> commit))
                .thenAccept(done -> left.complete(null));
    }

    private CompletableFuture<Boolean> leave(UnaryOperator<Commit.Builder> more) {
        String own = candidate;
        long incarnation = created;
        return scope.commits()
                .commit(
                        () -> more.apply(Commit.in(directory)
                                        .created(own, incarnation)
                                        .delete(own))
                                .build(),
                        Long.MAX_VALUE)
                .handle((result, failure) -> failure != null || result.isApplied());
    }

    /** As {@link #closeAsync()}, waiting at most the operation time-out. Never throws. */
    @Override
    public void close() {
        try {
            scope.join(closeAsync(), "leave election " + election);
        } catch (MusterException e) {
            LOG.warn("leaving election {} goes on in the background: {}", election, e.getMessage());
        }
    }
}
