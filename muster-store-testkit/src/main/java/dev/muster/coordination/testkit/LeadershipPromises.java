package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leader;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.election.NotLeader;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Bytes;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leader may do, who is told of it, and how the office is handed on or lost. */
abstract class LeadershipPromises extends RecipePromises {

    private final Inbox<Leadership> ones = new Inbox<>();
    private final Inbox<Leadership> twos = new Inbox<>();
    private final Inbox<Leadership> threes = new Inbox<>();
    private Coordinator one;
    private Coordinator two;
    private Candidacy first;
    private Leadership leading;

    LeadershipPromises(RecipeContract engine) {
        super(engine);
    }

    /** One leads, two stands behind it. */
    @BeforeEach
    void elect() {
        one = member("one");
        two = member("two");
        first = ElectionPromises.stand(this, one, ones);
        leading = ElectionPromises.next(ones);
        ElectionPromises.stand(this, two, twos);
    }

    private static Leadership next(Inbox<Leadership> elected) {
        return ElectionPromises.next(elected);
    }

    @Test
    void aLeaderHandsTheOfficeToACandidateOutOfTurnAndKeepsItsPlace() {
        ElectionPromises.stand(this, member("three"), threes);
        assertThat(leading.handOver("three")).isTrue();
        assertThat(leading.isValid()).isFalse();
        Leadership third = next(threes);
        assertThat(third.token()).isGreaterThan(leading.token());
        assertThat(two.election("e").leader()).map(Leader::memberId).contains("three");
        third.release();
        assertThat(next(ones).token()).isGreaterThan(third.token());
        assertThat(twos.drain()).isEmpty();
    }

    @Test
    void theOfficeGoesBackAndForthByHandOver() {
        Leadership now = leading;
        for (int i = 0; i < 6; i++) {
            boolean toTwo = i % 2 == 0;
            assertThat(now.handOver(toTwo ? "two" : "one")).isTrue();
            Leadership then = next(toTwo ? twos : ones);
            assertThat(then.token()).isGreaterThan(now.token());
            assertThat(now.isValid()).isFalse();
            now = then;
        }
        assertThat(now.isValid()).isTrue();
    }

    @Test
    void toHandOverToWhoIsNoCandidateChangesNothing() {
        assertThat(leading.handOver("nobody")).isFalse();
        assertThat(leading.handOver("one")).isFalse();
        assertThat(leading.isValid()).isTrue();
        assertThat(two.election("e").leader()).contains(new Leader("one", leading.token()));
        assertThat(leading.handOver("two")).isTrue();
        assertThat(next(twos).isValid()).isTrue();
    }

    @Test
    void whoDoesNotLeadAnyMoreHasNothingToHandOver() {
        leading.release();
        next(twos);
        assertThatThrownBy(() -> leading.handOver("two"))
                .isInstanceOf(NotLeader.class)
                .hasMessageContaining("e");
    }

    /** The named one is held up before it takes office, and its session ends. */
    @Test
    void theOfficeOfOneNamedThatGoesBeforeItTakesOfficeFallsToTheOldest() {
        Store deaf = open();
        LaggingStore lagging = closing(new LaggingStore(deaf));
        Coordinator three = member("three", lagging, options -> options);
        ElectionPromises.stand(this, three, threes);
        lagging.hold();
        assertThat(leading.handOver("three")).isTrue();
        assertThat(two.election("e").leader()).isEmpty();
        assumeTrue(engine.expire(deaf, three.session()), "the engine cannot end a session at will");
        Leadership again = next(ones);
        assertThat(again.token()).isGreaterThan(leading.token());
        assertThat(threes.drain()).isEmpty();
        assertThat(twos.drain()).isEmpty();
    }

    @Test
    void aLeaderWritesToItsElectionsDirectoryAndNoFormerOneDoes() {
        String directory = one.election("e").directory();
        assertThat(write(leading, directory, "a")).isTrue();
        assertThat(write(leading, directory, "b")).isTrue();
        leading.release();
        Leadership second = next(twos);
        assertThat(write(leading, directory, "c")).isFalse();
        assertThat(write(second, directory, "d")).isTrue();
        second.handOver("one");
        Leadership third = next(ones);
        assertThat(write(second, directory, "e")).isFalse();
        assertThat(write(leading, directory, "f")).isFalse();
        assertThat(write(third, directory, "g")).isTrue();
        assertThat(list(directory).names().stream().filter(name -> name.length() == 1))
                .containsExactly("a", "b", "d", "g");
        assertThat(third.isValid()).isTrue();
    }

    private boolean write(Leadership leadership, String directory, String name) {
        Commit commit =
                leadership.guard(Commit.in(directory)).put(name, Bytes.EMPTY).build();
        // Each leader's commit belongs to its session, and goes through its own client.
        Coordinator owner = commit.session().orElseThrow().equals(one.session().id()) ? one : two;
        return owner.store().commit(commit, Patience.deadline()).isApplied();
    }

    @Test
    void aLeaderWhoseSessionEndsStopsBelievingAndTheNextLeads() {
        Inbox<Loss> losses = new Inbox<>();
        leading.onLost(losses);
        expire(one);
        Leadership second = next(twos);
        assertThat(second.token()).isGreaterThan(leading.token());
        assertThat(losses.poll(Patience.deadline())).contains(Loss.SESSION_LOST);
        assertThat(leading.isValid()).isFalse();
        assertThat(leading.release()).isEqualTo(Release.ALREADY_LOST);
        assertThat(second.isValid()).isTrue();
        assertThat(losses.drain()).isEmpty();
        assertThat(two.election("e").leader()).map(Leader::memberId).contains("two");
        first.close();
    }

    @Test
    void aLeaderWhoseCandidacyIsRemovedByHandLearnsOfItAndStandsAgain() {
        Inbox<Loss> losses = new Inbox<>();
        leading.onLost(losses);
        String directory = directory("elections", "e");
        String candidate = list(directory).names().stream()
                .filter(name -> name.startsWith("c-"))
                .findFirst()
                .orElseThrow();
        store.commit(Commit.in(directory).delete(candidate).build(), Patience.deadline());
        assertThat(losses.poll(Patience.deadline())).contains(Loss.TAKEN_AWAY);
        assertThat(leading.isValid()).isFalse();
        Leadership second = next(twos);
        second.release();
        assertThat(next(ones).token()).isGreaterThan(second.token());
    }

    @Test
    void anObserverIsToldWhoLeadsAndEachChangeInOrder() {
        Inbox<Optional<Leader>> told = new Inbox<>();
        Cancellable observing = member("observer").election("e").observe(told);
        List<FencingToken> tokens = new ArrayList<>();
        Leadership now = leading;
        for (int i = 0; i < 6; i++) {
            Leader leader = nextLeader(told);
            assertThat(leader).isEqualTo(new Leader(i % 2 == 0 ? "one" : "two", now.token()));
            tokens.add(leader.token());
            now.release();
            now = next(i % 2 == 0 ? twos : ones);
        }
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
        nextLeader(told);
        observing.cancel();
        observing.cancel();
        now.release();
        next(twos);
        assertThat(told.drain()).isEmpty();
    }

    /** The next leader that is told; that nobody leads may be told in between. */
    private static Leader nextLeader(Inbox<Optional<Leader>> told) {
        while (true) {
            Optional<Leader> leader =
                    told.poll(Patience.deadline()).orElseThrow(() -> new AssertionError("no change was told"));
            if (leader.isPresent()) {
                return leader.get();
            }
        }
    }

    @Test
    void anObserverIsToldWhenNobodyLeadsAnyMore() {
        Inbox<Optional<Leader>> told = new Inbox<>();
        member("observer").election("e").observe(told);
        assertThat(nextLeader(told).memberId()).isEqualTo("one");
        two.close();
        first.close();
        assertThat(told.poll(Patience.deadline())).contains(Optional.empty());
        assertThat(told.drain()).isEmpty();
    }

    @Test
    void anObserverOfAnElectionThatNobodyStandsInIsToldSoAtOnce() {
        Inbox<Optional<Leader>> told = new Inbox<>();
        one.election("empty").observe(told);
        assertThat(told.poll(Patience.deadline())).contains(Optional.empty());
    }

    @Test
    void anObserverThatThrowsStarvesNobody() {
        one.election("e").observe(leader -> {
            throw new IllegalStateException("an observer that throws, as planned");
        });
        Inbox<Optional<Leader>> told = new Inbox<>();
        one.election("e").observe(told);
        nextLeader(told);
        leading.release();
        assertThat(nextLeader(told).memberId()).isEqualTo("two");
    }

    @Test
    void aCommitUnderAnotherElectionsGuardIsRefused() {
        two.election("other").run(threes);
        Leadership other = next(threes);
        String directory = one.election("e").directory();
        try {
            assertThat(write(other, directory, "x")).isFalse();
        } catch (MusterException refusedOtherwise) {
            assertThat(list(directory).find("x")).isEmpty();
        }
    }
}
