package dev.muster.coordination.internal;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits with a known outcome: a lost reply is settled, and what was never applied is built and sent again until a
 * deadline. A store that refuses (full, read-only) is told of at once; but what has no deadline has to be done in the end,
 * as to let go of a lock, and is tried until the store takes it.
 */
public final class SureCommits {

    private static final Logger LOG = LoggerFactory.getLogger(SureCommits.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final Store store;

    public SureCommits(Store store) {
        this.store = store;
    }

    /**
     * Commits.
     *
     * @param attempt builds the commit, anew for each attempt
     * @param deadline on the scheduler's clock; {@link Long#MAX_VALUE} for as long as the store is open
     * @return the result; fails with OutcomeUnknownException only where the deadline passed unsettled, be it that the
     *     store does not answer at all
     */
    public CompletableFuture<CommitResult> commit(Supplier<Commit> attempt, long deadline) {
        Commit commit;
        CompletableFuture<CommitResult> sent;
        try {
            commit = attempt.get();
            sent = store.commit(commit);
        } catch (MusterException failure) {
            return CompletableFuture.failedFuture(failure);
        }
        if (sent.isDone() && !sent.isCompletedExceptionally()) {
            return sent;
        }
        Attempts attempts = new Attempts(attempt, commit, deadline);
        sent.whenComplete(attempts.after(commit));
        attempts.guard();
        return attempts.outcome;
    }

    /**
     * Sees to it, in the background, that a commit of unknown outcome leaves nothing: settles it, then undoes it.
     *
     * @param undoing from the revision at which the commit was applied after all
     */
    public void undo(Commit unknown, LongFunction<Commit> undoing) {
        Attempts settling = new Attempts(() -> unknown, unknown, Long.MAX_VALUE);
        settling.settle(unknown, settlement -> {
            if (settlement instanceof Settlement.Applied applied) {
                commit(() -> undoing.apply(applied.revision()), Long.MAX_VALUE);
            }
        });
    }

    private final class Attempts {

        final CompletableFuture<CommitResult> outcome = new CompletableFuture<>();
        private final Supplier<Commit> attempt;
        private final long deadline;
        private Duration pause = FIRST_PAUSE;
        private Commit underway;
        private boolean expired;
        private boolean warned;

        Attempts(Supplier<Commit> attempt, Commit first, long deadline) {
            this.attempt = attempt;
            this.underway = first;
            this.deadline = deadline;
        }

        /** Sees to the deadline where the store does not answer at all. */
        void guard() {
            if (deadline != Long.MAX_VALUE && !outcome.isDone()) {
                long left = Math.max(0, deadline - store.scheduler().nanoTime());
                Cancellable timer = store.scheduler().after(Duration.ofNanos(left), this::expire);
                outcome.whenComplete((result, failure) -> timer.cancel());
            }
        }

        private void expire() {
            Commit unanswered;
            synchronized (this) {
                expired = true;
                unanswered = underway;
            }
            outcome.completeExceptionally(new OutcomeUnknownException(unanswered, null));
        }

        /** Builds the next commit, unless the answer has been given: of one sent after it nobody would know. */
        private synchronized @Nullable Commit next() {
            if (expired) {
                return null;
            }
            underway = attempt.get();
            return underway;
        }

        void send() {
            try {
                Commit commit = next();
                if (commit != null) {
                    store.commit(commit).whenComplete(after(commit));
                }
            } catch (RuntimeException failure) {
                outcome.completeExceptionally(failure);
            }
        }

        BiConsumer<CommitResult, Throwable> after(Commit commit) {
            return (result, failure) -> {
                if (failure == null) {
                    outcome.complete(result);
                    return;
                }
                Throwable cause = Await.cause(failure);
                if (cause instanceof OutcomeUnknownException) {
                    settle(commit, settlement -> settled(commit, settlement));
                } else if (cause instanceof ConnectionException || cause instanceof TimeoutException) {
                    again(this::send, (MusterException) cause);
                } else if (cause instanceof StorageException refused && deadline == Long.MAX_VALUE) {
                    warn(commit, refused);
                    again(this::send, refused);
                } else {
                    outcome.completeExceptionally(cause);
                }
            };
        }

        void settle(Commit commit, Consumer<Settlement> then) {
            store.settle(commit).whenComplete((settlement, failure) -> {
                if (failure == null) {
                    then.accept(settlement);
                    return;
                }
                Throwable cause = Await.cause(failure);
                if (cause instanceof MusterException known && known.retry() == MusterException.Retry.SAME_SESSION) {
                    again(() -> settle(commit, then), new OutcomeUnknownException(commit, known));
                } else if (cause instanceof StorageException refused && deadline == Long.MAX_VALUE) {
                    warn(commit, refused);
                    again(() -> settle(commit, then), refused);
                } else {
                    outcome.completeExceptionally(cause);
                }
            });
        }

        /** Once: an outage may last. */
        private void warn(Commit commit, StorageException refused) {
            if (!warned) {
                warned = true;
                LOG.warn(
                        "a commit on directory {} is tried again until the store takes it: {}",
                        commit.directory(),
                        refused.getMessage());
            }
        }

        private void settled(Commit commit, Settlement settlement) {
            if (settlement instanceof Settlement.Applied applied) {
                applied(commit, applied.revision());
            } else {
                again(
                        this::send,
                        new TimeoutException("The commit on directory " + commit.directory()
                                + " was not applied before the deadline. Check that the store is reachable."));
            }
        }

        private void applied(Commit commit, long revision) {
            if (commit.reply() == Commit.Reply.NOTHING) {
                outcome.complete(new CommitResult.Applied(revision, Snapshot.NOTHING));
                return;
            }
            store.list(commit.directory()).whenComplete((listing, failure) -> {
                if (failure == null) {
                    outcome.complete(new CommitResult.Applied(revision, Snapshot.of(listing)));
                } else {
                    again(() -> applied(commit, revision), new OutcomeUnknownException(commit, failure));
                }
            });
        }

        private void again(Runnable step, MusterException atDeadline) {
            long now = store.scheduler().nanoTime();
            if (deadline != Long.MAX_VALUE && now + pause.toNanos() - deadline >= 0) {
                outcome.completeExceptionally(atDeadline);
                return;
            }
            store.scheduler().after(pause, step);
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
    }
}
