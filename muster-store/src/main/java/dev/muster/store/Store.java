package dev.muster.store;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A connection of this process to a store: directories of entries, changed by commits, told by watches, owned by
 * sessions. The directory is the unit of order, of atomicity and of watching; between directories nothing is promised.
 *
 * <p>Thread-safe. The asynchronous forms fail with a {@link MusterException}; embedded engines (memory, file, ipc) do the
 * work on the caller's thread and answer a completed future. Futures may complete on an engine's thread: continue with
 * the async variants of {@link CompletableFuture}, or do not block there.
 */
public interface Store extends AutoCloseable {

    /**
     * Opens the store that a URI names, for instance {@code file:///var/lib/app/muster}. The scheme chooses the engine
     * among those on the class path.
     *
     * @throws InvalidArgument for an unknown scheme or option: the message lists the known ones
     * @throws ConnectionException where it cannot be reached
     * @throws StorageException where it is there but cannot serve
     */
    static Store open(String uri) {
        return StoreUri.parse(uri).open();
    }

    /** The scheme of its engine, for instance "file". */
    String engine();

    Set<Trait> traits();

    Limits limits();

    /** The time and threads that this store, and all recipes on it, live by. */
    Scheduler scheduler();

    CompletableFuture<Session> openSession(SessionOptions options);

    /**
     * Applies all changes if all guards hold, else none.
     *
     * <p>Fails with {@link InvalidArgument}, {@link OwnerMismatch}, {@link SessionLostException}, {@link TimeoutException}
     * or {@link ConnectionException} where nothing was applied, and with {@link OutcomeUnknownException} where the reply
     * was lost.
     */
    CompletableFuture<CommitResult> commit(Commit commit);

    /** Finds out what became of a commit, and sees to it that it does not change any more. May be asked again. */
    CompletableFuture<Settlement> settle(Commit commit);

    /** One state of the directory that existed; linearizable unless {@link #traits()} say less. */
    CompletableFuture<Listing> list(String directory);

    /**
     * Watches a directory, existing or not. First comes a full listing, then changes in revision order; after a loss,
     * a fresh listing marked as such. A listener never ends on a stale state.
     */
    Watch watch(String directory, WatchOptions options, WatchListener listener);

    /** Names of the directories under a path prefix (of whole or part segments) that hold an entry. Sorted. */
    CompletableFuture<List<String>> directories(String prefix);

    /** Closes all its sessions and watches. Idempotent; leaves no thread behind. Never throws. */
    @Override
    void close();

    /** {@link #openSession(SessionOptions)}, joined: {@link TimeoutException} when the deadline passes. */
    default Session openSession(SessionOptions options, Duration deadline) {
        return Await.read(openSession(options), deadline, "open a session at the " + engine() + " store");
    }

    /** {@link #commit(Commit)}, joined: {@link OutcomeUnknownException} when the deadline passes. */
    default CommitResult commit(Commit commit, Duration deadline) {
        return Await.commit(commit(commit), deadline, commit);
    }

    /** {@link #list(String)}, joined: {@link TimeoutException} when the deadline passes. */
    default Listing list(String directory, Duration deadline) {
        return Await.read(list(directory), deadline, "list directory " + directory);
    }
}
