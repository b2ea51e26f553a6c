package dev.muster.store.zookeeper;

import dev.muster.store.Commit;
import dev.muster.store.Nonce;
import dev.muster.store.Scheduler;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/** The commits under way or of unknown outcome, each with its slot, and how what became of one is found out. */
final class Fates {

    private static final String FENCE = "never ";
    private static final Duration ASKING = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Settings settings;
    private final Line line;
    private final Scheduler scheduler;
    private final Map<Nonce, Underway> underway = new ConcurrentHashMap<>();

    /** A commit's use of a slot, which ends or is asked about, whichever comes first. */
    private static final class Underway {
        private final Slots.Slot slot;
        private final int version;
        private boolean asked;
        private boolean ended;
        private volatile boolean wiped;

        Underway(Slots.Slot slot) {
            this.slot = slot;
            this.version = slot.version();
        }

        /** Answers false where the outcome has been learnt: then the slot may be another's. */
        synchronized boolean ask() {
            asked |= !ended;
            return asked;
        }

        /** Answers whether nobody has asked: then nobody will touch the slot. */
        synchronized boolean end() {
            ended |= !asked;
            return ended;
        }
    }

    Fates(Settings settings, Line line, Scheduler scheduler) {
        this.settings = settings;
        this.line = line;
        this.scheduler = scheduler;
    }

    /** Notes which slot the commit uses: answers false where it has been settled before it was sent. */
    boolean begin(Commit commit, Slots.Slot slot) {
        underway.put(commit.nonce(), new Underway(slot));
        if (commit.fate().settlement().isPresent()) {
            underway.remove(commit.nonce());
            return false;
        }
        return true;
    }

    /** The outcome is known: answers whether the slot is free for others, which it is not where it was fenced. */
    boolean end(Commit commit) {
        Underway use = underway.remove(commit.nonce());
        return use != null && use.end();
    }

    /** The servers lost their data, and with it what the commits under way may have done: it will not come back. */
    void wiped() {
        underway.values().forEach(use -> use.wiped = true);
    }

    /** What a commit leaves in its slot. */
    static byte[] mark(Commit commit) {
        return commit.nonce().toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] fence(Commit commit) {
        return (FENCE + commit.nonce()).getBytes(StandardCharsets.US_ASCII);
    }

    CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        CompletableFuture<Settlement> answer = new CompletableFuture<>();
        settle(commit, answer, System.nanoTime() + ASKING.toNanos());
        return answer;
    }

    private void settle(Commit commit, CompletableFuture<Settlement> answer, long deadline) {
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            answer.complete(known.get());
            return;
        }
        if (System.nanoTime() - deadline > 0) {
            answer.completeExceptionally(new TimeoutException("Could not find out in time what became of a commit on "
                    + commit.directory() + ": ask again once " + settings.hosts() + " is reachable"));
            return;
        }
        Underway use = underway.get(commit.nonce());
        if (use == null || !use.ask()) {
            // Another thread is about to send it, or waits for a slot.
            later(commit, answer, deadline);
            return;
        }
        line.ready("settle a commit on " + commit.directory()).whenComplete((handle, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                fence(handle, commit, use, answer, deadline);
            }
        });
    }

    private void later(Commit commit, CompletableFuture<Settlement> answer, long deadline) {
        scheduler.after(
                underway.containsKey(commit.nonce()) ? RETRY : Duration.ofMillis(1),
                () -> settle(commit, answer, deadline));
    }

    private void fence(
            Handle handle, Commit commit, Underway use, CompletableFuture<Settlement> answer, long deadline) {
        handle.write(List.of(Op.setData(use.slot.path(), fence(commit), use.version)))
                .thenAccept(reply -> {
                    if (reply.code() == Code.OK) {
                        finish(commit, null, answer);
                    } else if (reply.code() == Code.BADVERSION) {
                        look(handle, commit, use, answer, deadline);
                    } else if (reply.code() == Code.NONODE && use.wiped) {
                        finish(commit, null, answer);
                    } else if (reply.code() == Code.NONODE) {
                        forgotten(commit, answer);
                    } else {
                        later(commit, answer, deadline);
                    }
                });
    }

    private static void forgotten(Commit commit, CompletableFuture<Settlement> answer) {
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            answer.complete(known.get());
        } else {
            answer.completeExceptionally(new StorageException("What became of a commit on " + commit.directory()
                    + " is no longer known: the nodes of this client were removed while it was out of reach"));
        }
    }

    /** The slot was set before: by the commit, or by another who asked. */
    private void look(Handle handle, Commit commit, Underway use, CompletableFuture<Settlement> answer, long deadline) {
        handle.read(List.of(Op.getData(use.slot.path()))).whenComplete((reply, failure) -> {
            if (failure != null || !(reply.results().get(0) instanceof OpResult.GetDataResult data)) {
                later(commit, answer, deadline);
            } else if (Arrays.equals(data.getData(), fence(commit))) {
                finish(commit, null, answer);
            } else if (Arrays.equals(data.getData(), mark(commit))) {
                finish(commit, handle.home().revision(data.getStat().getMzxid()), answer);
            } else {
                // Its outcome was learnt meanwhile, and the slot went to another.
                later(commit, answer, deadline);
            }
        });
    }

    private void finish(Commit commit, @Nullable Long revision, CompletableFuture<Settlement> answer) {
        if (revision == null) {
            commit.fate().never();
        } else {
            commit.fate().applied(revision);
        }
        underway.remove(commit.nonce());
        answer.complete(commit.fate().settlement().orElseThrow());
    }
}
