package dev.muster.store.sql;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.SessionLostException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Sends one commit, and finds out what its answer means. */
final class CommitJob extends Job {

    private final Commit commit;
    private final Connector connector;
    private final int mostNameBytes;
    private final Consumer<Link.Notice> onChange;
    private final Runnable onEnd;
    private final Runnable onLost;
    private final UUID identity;
    private final CompletableFuture<CommitResult> result = new CompletableFuture<>();
    private final CompletableFuture<Sent> sent = new CompletableFuture<>();

    /**
     * Under what a commit was sent.
     *
     * @param identity of the store then
     */
    record Sent(long lane, long seq, UUID identity) {}

    /**
     * @param onChange told of the directory, where somebody watches it
     * @param onEnd called once its fate is known, or known to be unknown, before its result is complete
     * @param onLost called where the commit's session turns out to have ended
     */
    CommitJob(
            Commit commit,
            long deadline,
            Connector connector,
            int mostNameBytes,
            UUID identity,
            Consumer<Link.Notice> onChange,
            Runnable onEnd,
            Runnable onLost) {
        super(commit.directory(), deadline);
        this.commit = commit;
        this.connector = connector;
        this.mostNameBytes = mostNameBytes;
        this.identity = identity;
        this.onChange = onChange;
        this.onEnd = onEnd;
        this.onLost = onLost;
    }

    CompletableFuture<CommitResult> result() {
        return result;
    }

    /** Complete once it was sent; fails where it will not be. */
    CompletableFuture<Sent> sent() {
        return sent;
    }

    @Override
    void run(Lane lane) throws SQLException {
        Sent as = new Sent(lane.number(), lane.nextSeq(), identity);
        sent.complete(as);
        Link link = lane.link();
        Verdict verdict;
        try {
            verdict = link.commit(as.lane(), as.seq(), commit, mostNameBytes);
        } catch (SQLException e) {
            if (connector.dialect().isUndone(e)) {
                never(connector.failure(e, "commit to directory " + commit.directory()));
            } else {
                unknown(e);
            }
            throw e;
        }
        answer(verdict, lane);
        Link.Notice news = verdict.news();
        if (news != null) {
            onChange.accept(news);
            link.tell(List.of(news));
        }
    }

    private void answer(Verdict verdict, Lane lane) {
        switch (verdict.kind()) {
            case APPLIED -> {
                commit.fate().applied(verdict.revision());
                onEnd.run();
                result.complete(new CommitResult.Applied(verdict.revision(), verdict.snapshot()));
            }
            case REFUSED -> {
                commit.fate().never();
                onEnd.run();
                result.complete(new CommitResult.Refused(commit.guards().get(verdict.place()), verdict.snapshot()));
            }
            case SESSION_LOST -> {
                onLost.run();
                never(SessionLostException.of(commit));
            }
            case OTHER_OWNER ->
                never(new OwnerMismatch("Entry "
                        + commit.changes().get(verdict.place()).name() + " of directory " + commit.directory()
                        + " has another owner than the session of this commit: delete it first, or put it unowned to"
                        + " keep its owner"));
            case FULL ->
                never(new InvalidArgument("directory " + commit.directory() + " would hold " + verdict.place()
                        + " bytes of names: at most " + mostNameBytes
                        + " are allowed, so spread the entries over several directories"));
            case FENCED -> {
                lane.disconnect();
                never(new ConnectionException("The commit on directory " + commit.directory()
                        + " was not applied: it was settled before it came, or the database has forgotten this"
                        + " connection. Build a new commit to try again."));
            }
        }
    }

    private void never(MusterException cause) {
        commit.fate().never();
        onEnd.run();
        result.completeExceptionally(cause);
    }

    private void unknown(Throwable cause) {
        onEnd.run();
        result.completeExceptionally(new OutcomeUnknownException(commit, cause));
    }

    @Override
    void drop(MusterException cause) {
        if (sent.isDone() && !sent.isCompletedExceptionally()) {
            unknown(cause);
        } else {
            never(cause);
            sent.completeExceptionally(cause);
        }
    }
}
