package dev.muster.coordination.lock;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SerialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to acquire a lock: an own entry is appended to the lock's directory, and the oldest holds. A waiter watches
 * the last entry that blocks it, so that a release wakes one waiter and no herd; and, once it has waited for a moment, its
 * own, which somebody may remove. Nobody comes before us any more: who saw a single one there holds the lock when that goes,
 * without another look. After the lock recipe of Hunt and others, "ZooKeeper: Wait-free coordination for Internet-scale
 * systems", 2010.
 */
final class Acquisition {

    private static final Duration MOMENT = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Acquisition.class);

    private final Scope scope;
    private final Session session;
    private final String directory;
    private final String name;
    private final LockMode mode;
    private final long deadline;
    private final long commitDeadline;
    private final boolean waits;
    private final SerialExecutor serial;
    private final CompletableFuture<Optional<LockHandle>> outcome = new CompletableFuture<>();

    private String entry = "";
    private long created;
    private boolean waiting;
    private boolean ended;
    private @Nullable Watch blockerWatch;
    private @Nullable Watch ownWatch;
    private @Nullable Cancellable timer;
    private @Nullable Cancellable moment;

    private Acquisition(Scope scope, String directory, String name, LockMode mode, Duration timeout) {
        this.scope = scope;
        this.session = scope.session();
        this.directory = directory;
        this.name = name;
        this.mode = mode;
        this.waits = !timeout.isZero();
        this.deadline = scope.deadline(timeout);
        // A store that is slower than the wait allowed is not for the waiter to see, but for the answer.
        this.commitDeadline =
                scope.deadline(timeout.compareTo(scope.operationTimeout()) < 0 ? scope.operationTimeout() : timeout);
        this.serial = new SerialExecutor(scope.scheduler().executor());
    }

    /**
     * Answers the handle, or empty where the lock was not free in time; zero time tries once.
     *
     * @param blocking whether the caller is going to wait for the answer: then it waits for the store here already, and goes
     *     on by itself, so that a free lock costs no thread but those of the engine
     */
    static CompletableFuture<Optional<LockHandle>> start(
            Scope scope, String directory, String name, LockMode mode, Duration timeout, boolean blocking) {
        Acquisition acquisition;
        try {
            acquisition = new Acquisition(scope, directory, name, mode, timeout);
        } catch (SessionLostException lost) {
            return CompletableFuture.failedFuture(lost);
        }
        return acquisition.append(blocking);
    }

    private CompletableFuture<Optional<LockHandle>> append(boolean blocking) {
        CompletableFuture<CommitResult> appended = scope.commits().commit(this::request, commitDeadline);
        if (blocking && !appended.isDone()) {
            standBy(appended);
        }
        if (appended.isDone() && !appended.isCompletedExceptionally()) {
            onAppended(appended.join());
        } else {
            appended.whenComplete((result, failure) -> serial.execute(() -> onAppended(result, failure)));
        }
        return outcome;
    }

    /** Waits for the store. What goes wrong is told by the future, and an interrupt by whoever waits next. */
    private void standBy(CompletableFuture<CommitResult> appended) {
        try {
            Duration left = Duration.ofNanos(commitDeadline - scope.scheduler().nanoTime());
            Await.read(appended, left, "acquire lock " + name);
        } catch (MusterException told) {
            LOG.trace("lock {} was not acquired at once", name, told);
        }
    }

    private Commit request() {
        Commit.Builder builder = Commit.in(directory).as(session);
        entry = builder.appendOwned(mode.prefix, LockEntry.now(scope.memberId()).encode());
        return builder.build(Commit.Reply.NAMES);
    }

    private void onAppended(@Nullable CommitResult result, @Nullable Throwable failure) {
        if (result != null) {
            onAppended(result);
            return;
        }
        Throwable cause = Await.cause(Objects.requireNonNull(failure));
        if (cause instanceof OutcomeUnknownException unknown) {
            String own = entry;
            scope.commits()
                    .undo(
                            unknown.commit(),
                            applied -> Commit.in(directory).delete(own).build());
        }
        outcome.completeExceptionally(cause);
    }

    private void onAppended(CommitResult result) {
        created = ((CommitResult.Applied) result).revision();
        onQueue(result.names());
    }

    /** Looks at the queue, oldest first: holds the lock, waits for the one before, or gives up. */
    private void onQueue(List<String> queue) {
        if (ended) {
            return;
        }
        List<String> blockers = new ArrayList<>();
        boolean listed = false;
        for (String other : queue) {
            if (other.equals(entry)) {
                listed = true;
                break;
            }
            if (LockMode.isRequest(other)
                    && (mode == LockMode.EXCLUSIVE || other.startsWith(LockMode.EXCLUSIVE.prefix))) {
                blockers.add(other);
            }
        }
        if (!listed) {
            removedWhileWaiting();
        } else if (blockers.isEmpty()) {
            hold();
        } else if (session.state().isFinal()) {
            removedWhileWaiting();
        } else if (!waits) {
            giveUp();
        } else {
            if (!waiting) {
                waiting = true;
                scope.waitIn(session, outcome);
            }
            serial.execute(() -> waitFor(blockers));
        }
    }

    private void hold() {
        if (session.state().isFinal()) {
            removedWhileWaiting();
            return;
        }
        end();
        LockHandle held = HeldLock.begin(scope, session, directory, entry, created, name, mode);
        if (!outcome.complete(Optional.of(held))) {
            held.releaseAsync();
        }
    }

    private void waitFor(List<String> blockers) {
        if (ended) {
            return;
        }
        if (timer == null) {
            Duration left =
                    Duration.ofNanos(Math.max(0, deadline - scope.scheduler().nanoTime()));
            timer = scope.scheduler().after(left, () -> serial.execute(this::giveUp));
            moment = scope.scheduler().after(MOMENT, () -> serial.execute(this::watchOwn));
            outcome.whenComplete((cancelled, failure) -> serial.execute(this::giveUp));
        }
        if (blockerWatch != null) {
            blockerWatch.close();
        }
        blockerWatch = watch(blockers.get(blockers.size() - 1), blockers.size() == 1 ? this::hold : this::look);
    }

    private void watchOwn() {
        if (!ended) {
            ownWatch = watch(entry, this::look);
        }
    }

    private @Nullable Watch watch(String watched, Runnable onGone) {
        WatchListener listener = new WatchListener() {
            @Override
            public void onEvent(WatchEvent event) {
                serial.executeHere(() -> {
                    if (ended || !isGone(event, watched)) {
                        return;
                    }
                    if (event instanceof WatchEvent.Listed listed && listed.fresh()) {
                        // A store that has lost something may have lost our own entry too.
                        look();
                    } else {
                        onGone.run();
                    }
                });
            }

            @Override
            public void onEnd(MusterException cause) {
                // A store that is closed takes the watch along before it tells of the session's end.
                serial.execute(Acquisition.this::look);
            }
        };
        try {
            return scope.store().watch(directory, WatchOptions.names(watched), listener);
        } catch (MusterException closed) {
            end();
            outcome.completeExceptionally(closed);
            return null;
        }
    }

    /** Gone too is what was made again under the same name: it comes after us. */
    private boolean isGone(WatchEvent event, String watched) {
        if (event.revision() < created) {
            return false;
        }
        Optional<Entry> there;
        if (event instanceof WatchEvent.Listed listed) {
            there = listed.listing().find(watched);
        } else {
            there = ((WatchEvent.Changed) event).puts().stream().findFirst();
        }
        return there.isEmpty() || there.get().created() > created;
    }

    private void look() {
        if (!ended) {
            scope.store().list(directory).whenComplete((listing, failure) -> serial.execute(() -> onListed(listing)));
        }
    }

    private void onListed(@Nullable Listing listing) {
        if (ended) {
            return;
        }
        if (listing != null) {
            onQueue(listing.names());
        } else if (session.state().isFinal()) {
            removedWhileWaiting();
        } else {
            scope.scheduler().after(Duration.ofMillis(50), () -> serial.execute(this::look));
        }
    }

    /** A watch may tell of the end of a session before the session does: then the store knows. */
    private void removedWhileWaiting() {
        end();
        if (session.state().isFinal()) {
            failRemoved(true);
            return;
        }
        Commit asks = Commit.in(directory).as(session).present(entry).build();
        scope.store()
                .commit(asks)
                .whenComplete((refused, failure) -> failRemoved(session.state().isFinal()
                        || (failure != null && Await.cause(failure) instanceof SessionLostException)));
    }

    private void failRemoved(boolean withItsSession) {
        outcome.completeExceptionally(
                withItsSession
                        ? new SessionLostException("The session ended while waiting for lock " + name
                                + ". Open a new one and acquire again.")
                        : new LockAcquireFailed("The request for lock " + name
                                + " was removed from its queue by somebody. Acquire again."));
    }

    /** Leaves the queue. What the store does not confirm in time goes on in the background. */
    private void giveUp() {
        if (ended) {
            return;
        }
        if (session.state().isFinal()) {
            removedWhileWaiting();
            return;
        }
        end();
        String own = entry;
        CompletableFuture<CommitResult> left =
                scope.commits().commit(() -> Commit.in(directory).delete(own).build(), Long.MAX_VALUE);
        left.whenComplete((done, failure) -> outcome.complete(Optional.empty()));
        if (!left.isDone()) {
            scope.scheduler().after(scope.operationTimeout(), () -> outcome.complete(Optional.empty()));
        }
    }

    private void end() {
        ended = true;
        Stream.of(timer, moment).filter(Objects::nonNull).forEach(Cancellable::cancel);
        Stream.of(blockerWatch, ownWatch).filter(Objects::nonNull).forEach(Watch::close);
    }
}
