package dev.muster.store.sql;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.MusterException;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The commits whose outcome this client does not know: those under way, and those whose reply was lost. */
final class Outcomes {

    private final Lanes lanes;
    private final Connector connector;
    private final Supplier<UUID> identity;
    private final Map<Commit, CommitJob> underWay = new ConcurrentHashMap<>();

    /** For as long as somebody holds the commit. */
    private final Map<Commit, CommitJob.Sent> unknown = Collections.synchronizedMap(new WeakHashMap<>());

    Outcomes(Lanes lanes, Connector connector, Supplier<UUID> identity) {
        this.lanes = lanes;
        this.connector = connector;
        this.identity = identity;
    }

    /** Takes note of a commit that is about to be sent. */
    void begin(Commit commit, CommitJob job) {
        boolean first = underWay.putIfAbsent(commit, job) == null;
        boolean sent = false;
        try {
            commit.fate().send(commit);
            sent = true;
        } finally {
            if (first && !sent) {
                underWay.remove(commit, job);
            }
        }
    }

    /** It is not under way any more. */
    void end(Commit commit) {
        CommitJob job = underWay.get(commit);
        if (job != null && commit.fate().settlement().isEmpty()) {
            unknown.put(commit, job.sent().join());
        }
        underWay.remove(commit);
    }

    CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Optional<Settlement> settlement = commit.fate().settlement();
        if (settlement.isPresent()) {
            return CompletableFuture.completedFuture(settlement.get());
        }
        CommitJob job = underWay.get(commit);
        if (job == null) {
            return settle(commit, unknown.get(commit));
        }
        if (lanes.withdraw(job)) {
            job.drop(new TimeoutException("The commit on directory " + commit.directory()
                    + " was settled before it was sent: it was not applied"));
            return settle(commit);
        }
        // It is sent, or about to be: if that fails, its fate is known.
        return job.sent()
                .handle((sent, failure) -> failure == null ? sent : null)
                .thenCompose(sent -> settle(commit, sent));
    }

    private CompletableFuture<Settlement> settle(Commit commit, CommitJob.@Nullable Sent sent) {
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CommitJob.Sent found = sent == null ? unknown.get(commit) : sent;
        if (found == null) {
            return CompletableFuture.failedFuture(new StorageException("The commit on directory " + commit.directory()
                    + " was not sent by this store object: settle it where it was sent"));
        }
        String what = "settle a commit on directory " + commit.directory();
        Task<Settlement> task = new Task<>(null, lanes.deadline(), connector, what, link -> {
            Long revision = link.settle(found.lane(), found.seq());
            if (revision == null && found.identity().equals(identity.get())) {
                throw forgotten(commit);
            }
            if (revision == null || revision == 0) {
                commit.fate().never();
            } else {
                commit.fate().applied(revision);
            }
            unknown.remove(commit);
            return commit.fate().settlement().orElseThrow();
        });
        lanes.submitFirst(task);
        return task.answer().exceptionallyCompose(failure -> {
            // Its own reply may have come meanwhile.
            Optional<Settlement> late = commit.fate().settlement();
            return late.isPresent()
                    ? CompletableFuture.completedFuture(late.get())
                    : CompletableFuture.failedFuture(Await.cause(failure));
        });
    }

    private static MusterException forgotten(Commit commit) {
        return new StorageException("What became of the commit on directory " + commit.directory()
                + " can no longer be found out: it was sent more than a day ago. List the directory to see.");
    }
}
