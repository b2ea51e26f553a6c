package dev.muster.store.testkit;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.MusterException.Retry;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Does what servers and networks may fail at for a while, again and again until it is done. */
public final class Retrying {

    private static final Duration HEALED = Duration.ofSeconds(30);

    private Retrying() {}

    /** As {@link #apply(Store, Supplier, Duration)}, within 30 s. */
    public static long apply(Store store, Supplier<Commit.Builder> commit) {
        return apply(store, commit, HEALED);
    }

    /**
     * Commits until one has applied for sure.
     *
     * @param commit called for each attempt: a commit that is known never to apply is not sent again. No guard of it refuses
     * @param atMost how long, scaled
     * @return the revision at which it applied
     */
    public static long apply(Store store, Supplier<Commit.Builder> commit, Duration atMost) {
        long[] revision = new long[1];
        Patience.await("a commit that is applied", atMost).until(() -> {
            revision[0] = attempt(store, commit.get().build(), atMost);
            return revision[0] > 0;
        });
        return revision[0];
    }

    /** Its revision, or 0 where it is known not to have applied. */
    private static long attempt(Store store, Commit commit, Duration atMost) {
        try {
            return Promises.applied(store.commit(commit, Patience.deadline())).revision();
        } catch (ConnectionException | TimeoutException e) {
            return 0;
        } catch (OutcomeUnknownException e) {
            return settle(store, commit, atMost) instanceof Settlement.Applied applied ? applied.revision() : 0;
        }
    }

    /** As {@link #settle(Store, Commit, Duration)}, within 30 s. */
    static Settlement settle(Store store, Commit commit) {
        return settle(store, commit, HEALED);
    }

    /** Settles until the store answers, or says that it cannot. */
    static Settlement settle(Store store, Commit commit, Duration atMost) {
        return get(
                "the settlement of a commit",
                atMost,
                () -> Await.read(store.settle(commit), Patience.deadline(), "settle a commit"));
    }

    /**
     * What an operation answers in the end, tried again as long as it fails with what may pass.
     *
     * @param atMost how long, scaled
     */
    public static <T> T get(String what, Duration atMost, Supplier<T> operation) {
        List<T> answer = new ArrayList<>();
        Patience.await(what, atMost)
                .ignoreExceptionsMatching(
                        failure -> failure instanceof MusterException known && known.retry() == Retry.SAME_SESSION)
                .until(() -> answer.add(operation.get()));
        return answer.get(0);
    }
}
