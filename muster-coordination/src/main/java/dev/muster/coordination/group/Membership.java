package dev.muster.coordination.group;

import dev.muster.coordination.ownership.Ownership;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Being a member of a group. Closing it leaves the group. Its token is greater for each later joining of the same id.
 */
public interface Membership extends Ownership {

    String group();

    String memberId();

    /** As this process last set them. */
    Capabilities capabilities();

    /**
     * Sets the capabilities, and waits for the store.
     *
     * @throws MemberNotJoined where this membership has ended
     */
    void update(Capabilities next);

    /** As {@link #updateAsync}, joined. */
    void update(UnaryOperator<Capabilities> change);

    /**
     * Sets the capabilities to what the change makes of the present ones, atomically: changes of one membership apply one
     * after another. Fails with {@link MemberNotJoined} where this membership has ended.
     */
    CompletableFuture<Void> updateAsync(UnaryOperator<Capabilities> change);
}
