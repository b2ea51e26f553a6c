package dev.muster.coordination.fence;

import dev.muster.coordination.internal.SureCommits;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A directory as one owner may write to it: the holder of a lock, the leader of a term. The owner stamps the directory
 * with its token first; from then on no earlier owner's write applies there, however late it comes, and its own apply
 * until a later owner stamps. So what is recorded here is recorded by one owner at a time, on every engine, even where a
 * process believes in a lock that it has lost. After Martin Kleppmann, "How to do distributed locking", 2016.
 *
 * <pre>{@code
 * LockHandle held = coordinator.lock("orders").acquire(Duration.ofSeconds(10));
 * FencedDirectory orders = FencedDirectory.stamp(store, "orders/state", held.token(), Duration.ofSeconds(10));
 * orders.commit(commit -> commit.absent("4711").put("4711", shipped));
 * }</pre>
 *
 * <p>All who write to one directory so must take their tokens from one lock, or from one election; a shared lock has none
 * that exclude. The entry {@value #FENCE} is this class's own and stays when the owner goes; without it every token is
 * new. Thread-safe. Where Muster's own election directory is written to, {@code Leadership.guard} does without a stamp.
 */
public final class FencedDirectory {

    /** The entry that bears the stamp: the token, as decimal text. */
    public static final String FENCE = "fence";

    private final Store store;
    private final SureCommits commits;
    private final String directory;
    private final FencingToken token;
    private final Duration timeout;
    private final long stamp;
    private final Listing found;

    private FencedDirectory(
            Store store, String directory, FencingToken token, Duration timeout, long stamp, Listing found) {
        this.store = store;
        this.commits = new SureCommits(store);
        this.directory = directory;
        this.token = token;
        this.timeout = timeout;
        this.stamp = stamp;
        this.found = found;
    }

    /**
     * Stamps a directory with an owner's token. To stamp again with the same token is to find the same stamp.
     *
     * @param timeout after how long this, and each commit afterwards, is not tried again; it answers within twice that
     * @throws StaleToken where it bears a greater token
     * @throws InvalidArgument where its entry {@value #FENCE} holds no token
     */
    public static FencedDirectory stamp(Store store, String directory, FencingToken token, Duration timeout) {
        return Await.read(
                stampAsync(store, directory, token, timeout), timeout.multipliedBy(2), "stamp directory " + directory);
    }

    /** The asynchronous form of {@link #stamp}. */
    public static CompletableFuture<FencedDirectory> stampAsync(
            Store store, String directory, FencingToken token, Duration timeout) {
        long deadline = store.scheduler().nanoTime() + timeout.toNanos();
        return put(new Guard.Absent(FENCE), store, directory, token, timeout, deadline);
    }

    private static CompletableFuture<FencedDirectory> put(
            Guard unchanged, Store store, String directory, FencingToken token, Duration timeout, long deadline) {
        return new SureCommits(store)
                .commit(
                        () -> Commit.in(directory)
                                .guard(unchanged)
                                .put(FENCE, Bytes.utf8(token.toString()))
                                .build(Commit.Reply.ENTRIES),
                        deadline)
                .thenCompose(result -> result instanceof CommitResult.Applied applied
                        ? CompletableFuture.completedFuture(new FencedDirectory(
                                store, directory, token, timeout, applied.revision(), applied.listing()))
                        : putAfter(result.listing(), store, directory, token, timeout, deadline));
    }

    /** Another stamp is there: goes over a smaller one, and finds its own again. */
    private static CompletableFuture<FencedDirectory> putAfter(
            Listing seen, Store store, String directory, FencingToken token, Duration timeout, long deadline) {
        Optional<Entry> fence = seen.find(FENCE);
        if (fence.isEmpty()) {
            return put(new Guard.Absent(FENCE), store, directory, token, timeout, deadline);
        }
        FencingToken stamped = token(directory, fence.get());
        long stamp = fence.get().modified();
        int order = stamped.compareTo(token);
        if (order > 0) {
            return CompletableFuture.failedFuture(new StaleToken(directory, token, Optional.of(stamped)));
        }
        return order == 0
                ? CompletableFuture.completedFuture(new FencedDirectory(store, directory, token, timeout, stamp, seen))
                : put(new Guard.At(FENCE, stamp), store, directory, token, timeout, deadline);
    }

    private static FencingToken token(String directory, Entry fence) {
        try {
            return new FencingToken(Long.parseLong(fence.value().utf8()));
        } catch (NumberFormatException e) {
            throw new InvalidArgument("entry " + FENCE + " of directory " + directory
                    + " holds no token: something else uses this name there, so choose another directory");
        }
    }

    public String directory() {
        return directory;
    }

    public FencingToken token() {
        return token;
    }

    /** The directory once stamped: all that earlier owners have written, and ever will have. */
    public Listing found() {
        return found;
    }

    /**
     * Adds the guard that lets a commit apply only until a later owner stamps, for those who send it themselves.
     *
     * @param builder of a commit on this directory
     */
    public Commit.Builder guard(Commit.Builder builder) {
        return builder.at(FENCE, stamp);
    }

    /**
     * Commits as this owner.
     *
     * @param content adds guards and changes; called anew for each attempt
     * @return applied, or which of the guards of the content did not hold
     * @throws StaleToken where a later owner has stamped
     */
    public CommitResult commit(Consumer<Commit.Builder> content) {
        return Await.read(commitAsync(content), timeout.multipliedBy(2), "commit to directory " + directory);
    }

    /** The asynchronous form of {@link #commit}. A lost reply is settled, and what did not apply is sent again. */
    public CompletableFuture<CommitResult> commitAsync(Consumer<Commit.Builder> content) {
        long deadline = store.scheduler().nanoTime() + timeout.toNanos();
        return commits.commit(() -> build(content), deadline).thenCompose(this::verdict);
    }

    private Commit build(Consumer<Commit.Builder> content) {
        Commit.Builder builder = guard(Commit.in(directory));
        content.accept(builder);
        Commit commit = builder.build();
        for (Change change : commit.changes()) {
            if (change.name().equals(FENCE)) {
                throw new InvalidArgument(
                        "a fenced commit changes the entry " + FENCE + ": it is the stamp's, so use another name");
            }
        }
        return commit;
    }

    private CompletableFuture<CommitResult> verdict(CommitResult result) {
        if (result instanceof CommitResult.Refused refused
                && refused.guard().name().equals(FENCE)) {
            return store.list(directory).handle((listing, failure) -> {
                throw new StaleToken(
                        directory,
                        token,
                        failure != null ? Optional.empty() : listing.find(FENCE).map(entry -> token(directory, entry)));
            });
        }
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public String toString() {
        return "directory " + directory + " stamped with token " + token;
    }
}
