package dev.muster.store.simulation;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What the scenarios do at a store: asks again until it is answered, and settles what it does not know. */
record Client(Store store) {

    static final SessionOptions SESSION = new SessionOptions(Duration.ofSeconds(4));

    CompletableFuture<Listing> list(String directory) {
        return persistently(() -> store.list(directory));
    }

    CompletableFuture<Session> open() {
        return persistently(() -> store.openSession(SESSION));
    }

    /** The revision at which the commit was applied, empty if it was not: then it never will be. */
    CompletableFuture<OptionalLong> commit(Commit commit) {
        return store.commit(commit)
                .handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(
                                result instanceof CommitResult.Applied applied
                                        ? OptionalLong.of(applied.revision())
                                        : OptionalLong.empty());
                    }
                    if (Await.cause(failure) instanceof OutcomeUnknownException) {
                        return persistently(() -> store.settle(commit))
                                .thenApply(settlement -> settlement instanceof Settlement.Applied applied
                                        ? OptionalLong.of(applied.revision())
                                        : OptionalLong.empty());
                    }
                    return known(failure, OptionalLong.empty());
                })
                .thenCompose(outcome -> outcome);
    }

    /** Runs the task some time later, as a task of this process. */
    <T> CompletableFuture<T> later(Duration delay, Supplier<CompletableFuture<T>> task) {
        CompletableFuture<T> started = new CompletableFuture<>();
        store.scheduler()
                .after(
                        delay,
                        () -> task.get().whenComplete((value, failure) -> {
                            if (failure == null) {
                                started.complete(value);
                            } else {
                                started.completeExceptionally(failure);
                            }
                        }));
        return started;
    }

    private <T> CompletableFuture<T> persistently(Supplier<CompletableFuture<T>> call) {
        return call.get()
                .handle((value, failure) -> failure == null
                        ? CompletableFuture.completedFuture(value)
                        : Client.<T>known(failure, null)
                                .thenCompose(ignored -> later(Duration.ofMillis(50), () -> persistently(call))))
                .thenCompose(next -> next);
    }

    private static <T> CompletableFuture<T> known(Throwable failure, T otherwise) {
        return Await.cause(failure) instanceof MusterException
                ? CompletableFuture.completedFuture(otherwise)
                : CompletableFuture.failedFuture(failure);
    }
}
