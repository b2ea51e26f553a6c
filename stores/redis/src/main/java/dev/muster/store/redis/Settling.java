package dev.muster.store.redis;

import dev.muster.store.Commit;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of commits whose replies were lost. The connection that such a commit was sent on is gone, and the
 * one that asks began an epoch that keeps the commit from being applied any more; what was applied is in its slot.
 */
final class Settling {

    private record Lost(int slot, long since) {}

    private final RedisClient client;

    /** Those that nobody asks about any more are forgotten; their slots stay taken. */
    private final Map<Commit, Lost> lost = Collections.synchronizedMap(new WeakHashMap<>());

    Settling(RedisClient client) {
        this.client = client;
    }

    void lost(Commit commit, int slot) {
        lost.put(commit, new Lost(slot, System.nanoTime()));
    }

    CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            return counting(known.get());
        }
        // Behind the commit itself, should that be under way.
        return client.<List<?>>query(
                        live -> {
                            Lost slot = lost.get(commit);
                            return Resp.command(
                                    "HMGET",
                                    client.options().keys().store(),
                                    "id",
                                    slot == null ? "none" : client.self().slotField(slot.slot));
                        },
                        Reply::list)
                .thenApply(found -> judge(commit, found))
                .thenCompose(settled -> settled.isPresent()
                        ? counting(settled.get())
                        // Another thread is just about to send it: ask behind it.
                        : settle(commit));
    }

    /** Where replicas have to confirm, a commit counts as applied from then on: until then nobody can tell. */
    private CompletableFuture<Settlement> counting(Settlement settled) {
        return client.options().waitFor() > 0 && settled instanceof Settlement.Applied
                ? client.replicated().thenApply(done -> settled)
                : CompletableFuture.completedFuture(settled);
    }

    private Optional<Settlement> judge(Commit commit, List<?> found) {
        Optional<Settlement> known = commit.fate().settlement();
        Lost slot = lost.get(commit);
        if (known.isEmpty() && slot != null) {
            if (System.nanoTime() - slot.since
                    > RedisClient.MEMORY.minus(Duration.ofHours(1)).toNanos()) {
                throw new StorageException("What became of a commit on " + commit.directory() + " can no longer be"
                        + " known: it was settled so late that the server has forgotten this client");
            }
            known = Optional.of(read(commit, found.get(1)));
        }
        if (lost.remove(commit) != null && slot != null) {
            client.self().freeSlot(slot.slot);
        }
        return known;
    }

    private Settlement read(Commit commit, @Nullable Object record) {
        if (record != null) {
            byte[] bytes = Reply.bytes(record);
            int space = Reply.indexOf(bytes, ' ', 0);
            if (Reply.text(bytes, 0, space).equals(commit.nonce().toString())) {
                long revision = Reply.number(bytes, space + 1, bytes.length);
                commit.fate().applied(revision);
                client.self().saw(revision);
                return new Settlement.Applied(revision);
            }
        }
        commit.fate().never();
        return new Settlement.Never();
    }
}
