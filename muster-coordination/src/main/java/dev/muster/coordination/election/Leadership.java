package dev.muster.coordination.election;

import dev.muster.coordination.ownership.Ownership;
import dev.muster.store.Commit;
import java.util.concurrent.CompletableFuture;

/**
 * Being the leader for one term. Its token is the term's epoch. Closing or releasing it resigns: the candidacy goes to
 * the end of the queue, and leads again only when no other candidate is there before it.
 */
public interface Leadership extends Ownership {

    String election();

    /**
     * Adds the guards that let a commit on the election's own directory apply only while this leads.
     *
     * @param builder of a commit on {@link Election#directory()}
     */
    Commit.Builder guard(Commit.Builder builder);

    /**
     * Hands the office to a candidate of this member. It leads as soon as it has taken office; until then nobody does.
     * This one's candidacy keeps its place in the queue.
     *
     * @return false where that member is no candidate: nothing has changed then
     * @throws NotLeader where this leadership has ended
     * @throws dev.muster.store.TimeoutException where the store did not confirm in time: it goes on in the background, and
     *     this one does not lead until it is known that the other will not
     */
    boolean handOver(String memberId);

    CompletableFuture<Boolean> handOverAsync(String memberId);
}
