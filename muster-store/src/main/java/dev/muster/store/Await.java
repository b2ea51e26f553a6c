package dev.muster.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Joins asynchronous operations with a deadline, and unwraps their errors. */
public final class Await {

    /** How a thread waits that cannot stand still, because what it waits for happens on it: one that simulates. */
    @FunctionalInterface
    public interface Waiting {

        /** Lets other things happen until the future is complete, or so long: answers whether it is. */
        boolean until(CompletableFuture<?> future, Duration deadline);
    }

    private static final Seam<Waiting> WAITING = new Seam<>();
    private static final Seam<Duration> STANDING_BY = new Seam<>();

    private Await() {}

    /**
     * Has this thread wait in its own way.
     *
     * @return puts back what was before: to be called on the same thread
     */
    public static Cancellable by(Waiting waiting) {
        return WAITING.put(waiting);
    }

    /**
     * Asks for something that this thread will wait for next: an engine whose work blocks a thread may let this one do it.
     *
     * @param patience for how long this thread can wait
     * @param asking begins it, as ever, by an asynchronous form
     */
    public static <T> CompletableFuture<T> standingBy(Duration patience, Supplier<CompletableFuture<T>> asking) {
        Cancellable before = STANDING_BY.put(patience);
        try {
            return asking.get();
        } finally {
            before.cancel();
        }
    }

    /** For engines: for how long this thread can do itself what it asks for; zero where it has more to do than wait for it. */
    public static Duration patience() {
        Duration patience = STANDING_BY.get();
        return patience == null ? Duration.ZERO : patience;
    }

    /**
     * Waits for an operation that changes nothing, or that undoes itself.
     *
     * @param what completes the sentence "could not … within"
     * @throws TimeoutException when the deadline passes first, or the thread is interrupted (and stays so)
     */
    public static <T> T read(CompletableFuture<T> future, Duration deadline, String what) {
        try {
            return get(future, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("Interrupted while waiting to " + what, e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("Could not " + what + " within " + deadline
                    + ". Check that the store is reachable, or allow more time.");
        }
    }

    /** Waits for a commit: past the deadline, or when the thread is interrupted, its outcome is unknown. */
    public static CommitResult commit(CompletableFuture<CommitResult> future, Duration deadline, Commit commit) {
        try {
            return get(future, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException(commit, e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new OutcomeUnknownException(commit, e);
        }
    }

    /** The error that a future failed with, without the wrappers of the JDK. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static <T> T get(CompletableFuture<T> future, Duration deadline)
            throws InterruptedException, java.util.concurrent.TimeoutException {
        try {
            if (future.isDone()) {
                return future.join();
            }
            Waiting own = WAITING.get();
            if (own == null) {
                return future.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            }
            if (own.until(future, deadline)) {
                return future.join();
            }
            throw new java.util.concurrent.TimeoutException();
        } catch (ExecutionException | CompletionException e) {
            Throwable cause = cause(e);
            if (cause instanceof RuntimeException known) {
                throw known;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("unexpected failure in an engine", cause);
        }
    }
}
