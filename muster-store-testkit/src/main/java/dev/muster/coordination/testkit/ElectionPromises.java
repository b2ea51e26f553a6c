package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leader;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.InvalidArgument;
import dev.muster.store.testkit.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Standing for election, leading, and giving it up. */
abstract class ElectionPromises extends RecipePromises {

    private final Inbox<Leadership> ones = new Inbox<>();
    private final Inbox<Leadership> twos = new Inbox<>();
    private Coordinator one;
    private Coordinator two;

    ElectionPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
    }

    static Leadership next(Inbox<Leadership> elected) {
        return elected.poll(Patience.deadline()).orElseThrow(() -> new AssertionError("nobody was elected"));
    }

    /** Stands, and waits until the place in the queue is taken, so that who stands next comes after. */
    static Candidacy stand(RecipePromises test, Coordinator coordinator, Consumer<Leadership> elected) {
        String directory = test.directory("elections", "e");
        long before = candidates(test, directory);
        Candidacy candidacy = coordinator.election("e").run(elected);
        Patience.await("a candidate more is listed").until(() -> candidates(test, directory) == before + 1);
        return candidacy;
    }

    private static long candidates(RecipePromises test, String directory) {
        return test.list(directory).names().stream()
                .filter(name -> name.startsWith("c-"))
                .count();
    }

    private Candidacy stand(Coordinator coordinator, Consumer<Leadership> elected) {
        return stand(this, coordinator, elected);
    }

    private String leader() {
        return one.election("e").leader().map(Leader::memberId).orElse("nobody");
    }

    @Test
    void theOnlyCandidateIsElectedOnceAndNeedsNoGroup() {
        Candidacy candidacy = stand(one, ones);
        Leadership leadership = next(ones);
        assertThat(leadership.isValid()).isTrue();
        assertThat(leadership.election()).isEqualTo("e");
        assertThat(candidacy.leadership()).contains(leadership);
        assertThat(two.election("e").leader()).contains(new Leader("one", leadership.token()));
        assertThat(one.groups()).isEmpty();
        stand(two, twos);
        assertThat(ones.drain()).isEmpty();
    }

    @Test
    void nobodyLeadsUntilSomebodyStands() {
        assertThat(one.election("e").leader()).isEmpty();
        one.group("e").joinOrCreate(Capabilities.NONE);
        assertThat(one.election("e").leader()).isEmpty();
        one.election("e").observe(leader -> {});
        two.election("e").leader();
        assertThat(one.election("e").leader()).isEmpty();
        stand(one, ones);
        next(ones);
        assertThat(leader()).isEqualTo("one");
    }

    @Test
    void theNextLeadsWhenTheFirstWithdrawsAndIsNotToldBefore() {
        Candidacy first = stand(one, ones);
        Leadership old = next(ones);
        Candidacy second = stand(two, twos);
        assertThat(second.leadership()).isEmpty();
        assertThat(leader()).isEqualTo("one");
        assertThat(twos.drain()).isEmpty();
        first.close();
        Leadership leadership = next(twos);
        assertThat(old.isValid()).isFalse();
        assertThat(leadership.token()).isGreaterThan(old.token());
        assertThat(leader()).isEqualTo("two");
        first.close();
        assertThat(leader()).isEqualTo("two");
    }

    @Test
    void whoClosesItsCoordinatorLeavesTheOfficeToTheNext() {
        stand(one, ones);
        Leadership old = next(ones);
        stand(two, twos);
        one.close();
        assertThat(next(twos).token()).isGreaterThan(old.token());
        assertThat(old.isValid()).isFalse();
        assertThat(two.election("e").leader()).map(Leader::memberId).contains("two");
    }

    @Test
    void whoStandsDownIsNextAgainOnceTheOtherDoes() {
        stand(one, ones);
        Leadership first = next(ones);
        stand(two, twos);
        assertThat(first.release()).isEqualTo(Release.RELEASED);
        Leadership second = next(twos);
        assertThat(leader()).isEqualTo("two");
        second.close();
        Leadership third = next(ones);
        assertThat(leader()).isEqualTo("one");
        assertThat(List.of(first.token(), second.token(), third.token()))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(first.release()).isEqualTo(Release.ALREADY_LOST);
        assertThat(third.isValid()).isTrue();
    }

    @Test
    void whoStandsDownWithNobodyElseThereLeadsAgainInANewTerm() {
        stand(one, ones);
        FencingToken last = new FencingToken(0);
        for (int i = 0; i < 5; i++) {
            Leadership leadership = next(ones);
            assertThat(leadership.token()).isGreaterThan(last);
            last = leadership.token();
            leadership.release();
            assertThat(leadership.isValid()).isFalse();
        }
    }

    @Test
    void standingDownIsNoLoss() {
        stand(one, ones);
        stand(two, twos);
        Leadership first = next(ones);
        Inbox<Loss> losses = new Inbox<>();
        first.onLost(losses);
        first.release();
        next(twos).release();
        next(ones);
        assertThat(losses.drain()).isEmpty();
    }

    @Test
    void aCandidateThatWithdrawsWhileItWaitsIsNeverElected() {
        Candidacy first = stand(one, ones);
        Candidacy second = stand(two, twos);
        Inbox<Leadership> threes = new Inbox<>();
        stand(member("three"), threes);
        second.close();
        second.close();
        first.close();
        assertThat(next(threes).isValid()).isTrue();
        assertThat(twos.drain()).isEmpty();
        assertThat(second.leadership()).isEmpty();
    }

    @Test
    void candidatesLeadInTheOrderInWhichTheyStood() {
        List<Inbox<Leadership>> inboxes = new ArrayList<>();
        List<Candidacy> candidacies = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            inboxes.add(new Inbox<>());
            candidacies.add(stand(i % 2 == 0 ? one : two, inboxes.get(i)));
        }
        FencingToken last = new FencingToken(0);
        for (int i = 0; i < 5; i++) {
            Leadership leadership = next(inboxes.get(i));
            assertThat(leadership.token()).isGreaterThan(last);
            last = leadership.token();
            assertThat(inboxes).allMatch(inbox -> inbox.drain().isEmpty());
            candidacies.get(i).close();
        }
    }

    @Test
    void twoCandidaciesOfOneMemberQueueLikeStrangers() {
        Candidacy first = stand(one, ones);
        Leadership leading = next(ones);
        Candidacy second = stand(one, twos);
        assertThat(second.leadership()).isEmpty();
        first.close();
        assertThat(next(twos).token()).isGreaterThan(leading.token());
        assertThat(leader()).isEqualTo("one");
        second.close();
        assertThat(leader()).isEqualTo("nobody");
    }

    @Test
    void electionsOfDifferentNamesDoNotTouchEachOther() {
        stand(one, ones);
        Leadership first = next(ones);
        two.election("other").run(twos);
        assertThat(next(twos).isValid()).isTrue();
        assertThat(first.isValid()).isTrue();
        assertThat(leader()).isEqualTo("one");
        assertThat(one.election("other").leader()).map(Leader::memberId).contains("two");
    }

    @Test
    void anElectionWithoutCandidatesLeavesNothingBehind() {
        Candidacy first = stand(one, ones);
        Candidacy second = stand(two, twos);
        next(ones).release();
        next(twos);
        first.close();
        second.close();
        assertThat(leader()).isEqualTo("nobody");
        assertThat(directories(store)).isEmpty();
    }

    @Test
    void anOldLeadersTokenStaysSmallerEvenAfterTheElectionWasEmpty() {
        FencingToken last = new FencingToken(0);
        for (int i = 0; i < 4; i++) {
            Candidacy candidacy = stand(i % 2 == 0 ? one : two, ones);
            Leadership leadership = next(ones);
            assertThat(leadership.token()).isGreaterThan(last);
            last = leadership.token();
            candidacy.close();
        }
    }

    @Test
    void aListenerThatThrowsIsToldTheNextTermAllTheSame() {
        one.election("e").run(leadership -> {
            ones.accept(leadership);
            throw new IllegalStateException("a listener that throws, as planned");
        });
        next(ones).release();
        assertThat(next(ones).isValid()).isTrue();
    }

    @Test
    void aListenerMayStandDownWhileItIsTold() {
        Candidacy first = stand(one, new Inbox<>());
        stand(one, leadership -> {
            ones.accept(leadership);
            leadership.release();
        });
        stand(two, twos);
        first.close();
        Leadership brief = next(ones);
        assertThat(next(twos).token()).isGreaterThan(brief.token());
        assertThat(brief.isValid()).isFalse();
    }

    @Test
    void aListenerMayWithdrawWhileItIsTold() {
        CompletableFuture<Candidacy> own = new CompletableFuture<>();
        own.complete(one.election("e").run(leadership -> {
            join(own).close();
            ones.accept(leadership);
        }));
        assertThat(next(ones).isValid()).isFalse();
        assertThat(leader()).isEqualTo("nobody");
        stand(two, twos);
        next(twos).release();
        assertThat(next(twos).isValid()).isTrue();
        assertThat(ones.drain()).isEmpty();
    }

    @Test
    void aNameThatNoStoreCanCarryIsRefusedWithTheRule() {
        for (String bad : List.of("", "a/b", ".", "x".repeat(121))) {
            assertThatThrownBy(() -> one.election(bad))
                    .as("the name '%s'", bad)
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("elections");
        }
        assertThat(one.election("x".repeat(120)).leader()).isEqualTo(Optional.empty());
    }
}
