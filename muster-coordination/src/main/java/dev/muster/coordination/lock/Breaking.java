package dev.muster.coordination.lock;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Takes a lock from its holders: by force, or by asking and waiting. */
final class Breaking {

    private Breaking() {}

    /** Removes the holders' entries. Answers whether there were any. */
    static CompletableFuture<Boolean> force(Scope scope, String directory) {
        long deadline = scope.deadline();
        return scope.store().list(directory).thenCompose(listing -> {
            List<Entry> holders = LockQueue.holders(listing);
            if (holders.isEmpty()) {
                return CompletableFuture.completedFuture(false);
            }
            return scope.commits()
                    .commit(() -> removal(directory, holders), deadline)
                    .thenCompose(result ->
                            result.isApplied() ? CompletableFuture.completedFuture(true) : force(scope, directory));
        });
    }

    private static Commit removal(String directory, List<Entry> holders) {
        Commit.Builder builder = Commit.in(directory);
        holders.forEach(
                holder -> builder.created(holder.name(), holder.created()).delete(holder.name()));
        return builder.build();
    }

    /** Marks the holders' entries, on which they let go, and waits until those are gone. */
    static CompletableFuture<Boolean> politely(Scope scope, String directory, Duration timeout) {
        long deadline = scope.deadline(timeout);
        return scope.store().list(directory).thenCompose(listing -> {
            List<Entry> holders = LockQueue.holders(listing);
            if (holders.isEmpty()) {
                return CompletableFuture.completedFuture(true);
            }
            CompletableFuture<?>[] asked = holders.stream()
                    .map(holder -> scope.commits().commit(() -> request(directory, holder), deadline))
                    .toArray(CompletableFuture<?>[]::new);
            return CompletableFuture.allOf(asked)
                    .thenCompose(all -> gone(scope, directory, listing.revision(), holders, deadline));
        });
    }

    private static Commit request(String directory, Entry holder) {
        return Commit.in(directory)
                .created(holder.name(), holder.created())
                .put(holder.name(), LockEntry.of(holder).askedToGiveWay().encode())
                .build();
    }

    /** @param since an older state of the directory may not show the holders yet */
    private static CompletableFuture<Boolean> gone(
            Scope scope, String directory, long since, List<Entry> holders, long deadline) {
        Set<String> left = holders.stream().map(Entry::name).collect(Collectors.toSet());
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        Cancellable following = scope.followers().follow(directory, event -> {
            if (event.revision() < since) {
                return;
            }
            if (event instanceof WatchEvent.Listed listed) {
                left.retainAll(listed.listing().names());
            } else if (event instanceof WatchEvent.Changed changed) {
                changed.removals().forEach(removal -> left.remove(removal.name()));
            }
            if (left.isEmpty()) {
                gone.complete(true);
            }
        });
        Duration time =
                Duration.ofNanos(Math.max(0, deadline - scope.scheduler().nanoTime()));
        Cancellable timer = scope.scheduler().after(time, () -> gone.complete(false));
        return gone.whenComplete((done, failure) -> {
            following.cancel();
            timer.cancel();
        });
    }
}
