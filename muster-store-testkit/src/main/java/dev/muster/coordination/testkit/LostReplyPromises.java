package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupAlreadyExists;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of operations whose requests or replies are lost. */
abstract class LostReplyPromises extends RecipePromises {

    private LossyStore lossy;
    private Coordinator member;
    private Coordinator other;

    LostReplyPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        lossy = closing(new LossyStore(open()));
        member = member("lossy", lossy, options -> options);
        other = member("other");
    }

    /** Tries it with the next requests lost, and with the next replies. */
    private void eachWay(Runnable operation) {
        for (IntConsumer loss : new IntConsumer[] {lossy::loseRequests, lossy::loseReplies}) {
            for (int losses = 1; losses <= 2; losses++) {
                loss.accept(losses);
                operation.run();
                lossy.loseReplies(0);
            }
        }
    }

    @Test
    void aLockIsAcquiredOnceAndReleased() {
        eachWay(() -> {
            LockHandle held = member.lock("l").acquire(Patience.deadline());
            assertThat(other.lock("l").requests()).hasSize(1);
            assertThat(held.isValid()).isTrue();
            lossy.loseReplies(1);
            assertThat(held.release()).isEqualTo(Release.RELEASED);
            assertThat(other.lock("l").requests()).isEmpty();
        });
    }

    @Test
    void aWaiterStandsInTheQueueOnceAndLeavesItOnce() {
        LockHandle held = other.lock("l").acquire(Patience.deadline());
        eachWay(() -> {
            CompletableFuture<Optional<LockHandle>> waiting = member.lock("l").acquireAsync(LONG);
            Patience.await("it waits").until(() -> other.lock("l").requests().size() == 2);
            lossy.loseRequests(1);
            waiting.cancel(false);
            Patience.await("it left").until(() -> other.lock("l").requests().size() == 1);
        });
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aRequestThatCouldNotBeSettledInTimeLeavesTheQueueOnceItCan() {
        Coordinator hasty =
                member("hasty", lossy, options -> options.operationTimeout(Patience.scaled(Duration.ofSeconds(1))));
        lossy.settles(false);
        lossy.loseReplies(1);
        assertThatThrownBy(() -> hasty.lock("l").tryAcquire()).isInstanceOf(OutcomeUnknownException.class);
        assertThat(other.lock("l").tryAcquire()).isEmpty();
        lossy.settles(true);
        LockHandle next = other.lock("l").acquire(Patience.deadline());
        assertThat(other.lock("l").requests()).hasSize(1);
        assertThat(next.isValid()).isTrue();
    }

    @Test
    void aGroupIsCreatedJoinedUpdatedLeftAndDeleted() {
        eachWay(() -> {
            Group group = member.group("g");
            group.create();
            lossy.loseReplies(1);
            Membership membership = group.join(Capabilities.of(1));
            lossy.loseRequests(1);
            membership.update(Capabilities.of(2));
            lossy.loseReplies(1);
            membership.update(now -> now.with("more", 3));
            assertThat(other.group("g").members())
                    .singleElement()
                    .extracting(Member::capabilities)
                    .isEqualTo(membership.capabilities());
            lossy.loseReplies(1);
            assertThat(membership.release()).isEqualTo(Release.RELEASED);
            lossy.loseReplies(1);
            group.delete();
            assertThat(other.groups()).isEmpty();
        });
    }

    @Test
    void whatWasCreatedByALostReplyIsNotTakenForSomebodyElses() {
        lossy.loseReplies(1);
        member.group("g").create();
        assertThatThrownBy(() -> member.group("g").create()).isInstanceOf(GroupAlreadyExists.class);
    }

    @Test
    void aJoiningThatCouldNotBeSettledInTimeLeavesNoMemberOnceItCan() {
        Coordinator hasty =
                member("hasty", lossy, options -> options.operationTimeout(Patience.scaled(Duration.ofSeconds(1))));
        Group group = hasty.group("g");
        group.create();
        lossy.settles(false);
        lossy.loseReplies(1);
        assertThatThrownBy(() -> group.join(Capabilities.NONE)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(other.group("g").findMember("hasty")).isPresent();
        lossy.settles(true);
        Patience.await("the member that nobody holds is gone")
                .until(() -> other.group("g").findMember("hasty").isEmpty());
        assertThat(group.join(Capabilities.NONE).isValid()).isTrue();
    }

    @Test
    void aCandidateStandsOnceLeadsOnceAndLeaves() {
        eachWay(() -> {
            Inbox<Leadership> elected = new Inbox<>();
            Candidacy candidacy = member.election("e").run(elected);
            Leadership leadership = ElectionPromises.next(elected);
            lossy.loseReplies(1);
            assertThat(leadership.release()).isEqualTo(Release.RELEASED);
            Leadership again = ElectionPromises.next(elected);
            assertThat(again.token()).isGreaterThan(leadership.token());
            lossy.loseReplies(1);
            candidacy.close();
            assertThat(directories(store)).isEmpty();
            assertThat(elected.drain()).isEmpty();
        });
    }

    /** The old leader must not believe while nobody can say whether the other leads. */
    @Test
    void aHandOverWhoseReplyIsLostLeavesNoTwoWhoBelieve() {
        Inbox<Leadership> mine = new Inbox<>();
        Inbox<Leadership> theirs = new Inbox<>();
        ElectionPromises.stand(this, member, mine);
        Leadership leading = ElectionPromises.next(mine);
        ElectionPromises.stand(this, other, theirs);
        lossy.settles(false);
        lossy.loseReplies(1);
        CompletableFuture<Boolean> handOver = leading.handOverAsync("other");
        Leadership next = ElectionPromises.next(theirs);
        assertThat(next.isValid()).isTrue();
        assertThat(leading.isValid()).isFalse();
        lossy.settles(true);
        assertThat(join(handOver)).isTrue();
        assertThat(leading.isValid()).isFalse();
    }

    @Test
    void aHandOverThatNeverArrivedIsSentAgain() {
        Inbox<Leadership> mine = new Inbox<>();
        Inbox<Leadership> theirs = new Inbox<>();
        ElectionPromises.stand(this, member, mine);
        Leadership leading = ElectionPromises.next(mine);
        ElectionPromises.stand(this, other, theirs);
        lossy.loseRequests(1);
        assertThat(leading.handOver("other")).isTrue();
        assertThat(ElectionPromises.next(theirs).token()).isGreaterThan(leading.token());
    }

    @Test
    void aLockIsBroken() {
        eachWay(() -> {
            LockHandle held = other.lock("l").acquire(Patience.deadline());
            lossy.loseReplies(1);
            assertThat(member.lock("l").breakLock()).isTrue();
            assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
            LockHandle polite = other.lock("l").acquire(Patience.deadline());
            lossy.loseRequests(1);
            assertThat(member.lock("l").breakAndWait(Patience.deadline())).isTrue();
            assertThat(polite.isValid()).isFalse();
        });
    }
}
