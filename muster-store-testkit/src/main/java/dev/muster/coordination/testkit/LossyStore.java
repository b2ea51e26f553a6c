package dev.muster.coordination.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Loses what its next commits ask or answer, so that nobody knows what became of them until they are settled. */
final class LossyStore extends ForwardingStore {

    private enum Loss {
        NONE,
        REQUEST,
        REPLY
    }

    private final AtomicInteger left = new AtomicInteger();
    private volatile Loss loss = Loss.NONE;
    private volatile boolean settles = true;

    LossyStore(Store store) {
        super(store);
    }

    /** The next commits are not applied, and answer that nobody knows. */
    void loseRequests(int commits) {
        loss = Loss.REQUEST;
        left.set(commits);
    }

    /** The next commits are applied, and answer that nobody knows. */
    void loseReplies(int commits) {
        loss = Loss.REPLY;
        left.set(commits);
    }

    /** Whether it can be found out what became of a commit. */
    void settles(boolean can) {
        settles = can;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        if (loss == Loss.NONE || left.getAndDecrement() <= 0) {
            return super.commit(commit);
        }
        OutcomeUnknownException unknown = new OutcomeUnknownException(commit, null);
        return loss == Loss.REQUEST
                ? CompletableFuture.failedFuture(unknown)
                : super.commit(commit).thenCompose(applied -> CompletableFuture.failedFuture(unknown));
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return settles
                ? super.settle(commit)
                : CompletableFuture.failedFuture(
                        new ConnectionException("The store cannot be reached, as planned by a test"));
    }
}
