package dev.muster.coordination.lock;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.InvalidArgument;
import dev.muster.store.TimeoutException;
import dev.muster.store.spi.DirectoryState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A lock of one name, for all members of all processes at the store. Fair: requests are served in the order in which
 * the store took them. Not re-entrant: who holds it and asks again waits like a stranger. Ownership is the handle, not
 * the thread. Thread-safe; cheap to make.
 *
 * <p>Where the store is LEASE_SAFE, no two handles are valid at the same time. Everywhere, tokens rise from holder to
 * holder: guard what must not be written by a late holder with {@link LockHandle#token()}.
 */
public final class DistributedLock {

    private final Scope scope;
    private final String name;
    private final String directory;
    private final LockMode mode;

    public DistributedLock(Scope scope, String name) {
        this(scope, name, scope.directory("locks", name), LockMode.EXCLUSIVE);
    }

    private DistributedLock(Scope scope, String name, String directory, LockMode mode) {
        this.scope = scope;
        this.name = name;
        this.directory = directory;
        this.mode = mode;
    }

    /** The names of all locks that are held or wanted in a scope, sorted. */
    public static CompletableFuture<List<String>> names(Scope scope) {
        return scope.names("locks");
    }

    public String name() {
        return name;
    }

    /** The same lock, acquired in shared mode: by any number at a time, while nobody holds it exclusively. */
    public DistributedLock shared() {
        return new DistributedLock(scope, name, directory, LockMode.SHARED);
    }

    /** Acquires it if it is free now. Empty where it is not. */
    public Optional<LockHandle> tryAcquire() {
        return tryAcquire(Duration.ZERO);
    }

    /**
     * Acquires it, waiting at most so long. Empty where it was not free in time.
     *
     * @throws dev.muster.store.SessionLostException where the session ended while waiting
     * @throws LockAcquireFailed where the request was removed from the queue by somebody
     */
    public Optional<LockHandle> tryAcquire(Duration timeout) {
        Duration checked = checked(timeout);
        return join(scope.standingBy(() -> Acquisition.start(scope, directory, name, mode, checked, true)), timeout);
    }

    /**
     * Acquires it, waiting at most so long: for try-with-resources.
     *
     * @throws LockAcquireFailed where it was not free in time
     */
    public LockHandle acquire(Duration timeout) {
        return tryAcquire(timeout)
                .orElseThrow(() -> new LockAcquireFailed(
                        "Lock " + name + " was not free within " + timeout + ". 'muster locks' shows who holds it."));
    }

    /**
     * The asynchronous form of {@link #tryAcquire(Duration)}; zero tries once. Cancelling the future leaves the queue.
     */
    public CompletableFuture<Optional<LockHandle>> acquireAsync(Duration timeout) {
        return Acquisition.start(scope, directory, name, mode, checked(timeout), false);
    }

    private Duration checked(Duration timeout) {
        if (timeout.isNegative()) {
            throw new InvalidArgument("timeout for lock " + name + " is negative: zero tries once");
        }
        return timeout;
    }

    /**
     * Takes the lock away from whoever holds it, without waiting for them: until they learn of it they may still
     * believe, and only the token keeps their writes out.
     *
     * @return whether anybody held it
     */
    public boolean breakLock() {
        return scope.joinCommit(breakLockAsync(), "break lock " + name);
    }

    /** The asynchronous form of {@link #breakLock}. */
    public CompletableFuture<Boolean> breakLockAsync() {
        return Breaking.force(scope, directory);
    }

    /**
     * Asks whoever holds the lock to give way, and waits until they have stopped believing or their session has ended.
     *
     * @return whether it was so within the time-out; false leaves the lock with its holder
     */
    public boolean breakAndWait(Duration timeout) {
        return scope.join(breakAndWaitAsync(timeout), timeout, "break lock " + name);
    }

    /** The asynchronous form of {@link #breakAndWait}. */
    public CompletableFuture<Boolean> breakAndWaitAsync(Duration timeout) {
        return Breaking.politely(scope, directory, timeout);
    }

    /** Who holds it and who waits, in the order in which they are served. */
    public List<LockRequest> requests() {
        return scope.join(
                scope.store().list(directory).thenApply(LockQueue::requests), "list the requests for lock " + name);
    }

    /**
     * Tells who holds it and who waits: now, and at each change. Calls are serial, on the store's executor.
     *
     * @param observer told of the requests in the order in which they are served
     */
    public Cancellable observe(Consumer<List<LockRequest>> observer) {
        DirectoryState state = new DirectoryState();
        return scope.followers().follow(directory, event -> {
            state.follow(event);
            observer.accept(LockQueue.requests(state.listing()));
        });
    }

    private Optional<LockHandle> join(CompletableFuture<Optional<LockHandle>> acquiring, Duration timeout) {
        if (acquiring.isDone()) {
            return Await.read(acquiring, timeout, "");
        }
        try {
            return scope.join(acquiring, timeout, "acquire lock " + name);
        } catch (TimeoutException interruptedOrStuck) {
            acquiring.cancel(false);
            throw interruptedOrStuck;
        }
    }

    @Override
    public String toString() {
        return "lock " + name + (mode == LockMode.SHARED ? " (shared)" : "");
    }
}
