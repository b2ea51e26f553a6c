package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a member whose session is lost. */
abstract class RejoinPromises extends RecipePromises {

    private final Inbox<Membership> rejoined = new Inbox<>();

    /** The group as somebody sees it whose session lasts. */
    private Group seen;

    RejoinPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startObserver() {
        seen = member("observer").group("g");
        seen.create();
    }

    private Coordinator rejoining(String id) {
        return member(id, options -> options.rejoin(true).onRejoined(rejoined));
    }

    private Membership next() {
        return rejoined.poll(Patience.deadline()).orElseThrow(() -> new AssertionError("it did not join again"));
    }

    private static void awaitValid(Coordinator coordinator, Session old) {
        Patience.await("another session is there").until(() -> {
            try {
                return coordinator.session() != old;
            } catch (SessionLostException betweenTwo) {
                return false;
            }
        });
    }

    @Test
    void aLostMemberJoinsAgainWithItsLatestCapabilitiesAsAnotherIncarnation() {
        Coordinator member = rejoining("one");
        Membership first = member.group("g").join(Capabilities.of(Map.of("version", 1)));
        first.update(Capabilities.of(Map.of("version", 2)));
        Inbox<Loss> losses = new Inbox<>();
        first.onLost(losses);
        expire(member);
        Membership second = next();
        assertThat(losses.poll(Patience.deadline())).contains(Loss.SESSION_LOST);
        assertThat(second.isValid()).isTrue();
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(second.capabilities()).isEqualTo(Capabilities.of(Map.of("version", 2)));
        Member told = seen.member("one");
        assertThat(told.incarnation()).isEqualTo(second.token().value());
        assertThat(told.capabilities()).isEqualTo(second.capabilities());
    }

    @Test
    void theOldMembershipStaysEndedAndCanDoNothingToTheNew() {
        Coordinator member = rejoining("one");
        Membership first = member.group("g").join(Capabilities.of("old"));
        expire(member);
        Membership second = next();
        assertThat(first.isValid()).isFalse();
        assertThat(first.release()).isEqualTo(Release.ALREADY_LOST);
        first.close();
        assertThatThrownBy(() -> first.update(Capabilities.of("late"))).isInstanceOf(RuntimeException.class);
        assertThat(second.isValid()).isTrue();
        assertThat(seen.member("one").capabilities()).isEqualTo(Capabilities.of("old"));
        assertThat(second.release()).isEqualTo(Release.RELEASED);
        assertThat(seen.members()).isEmpty();
    }

    @Test
    void locksOfTheOldSessionStayLost() {
        Coordinator member = rejoining("one");
        var held = member.lock("l").acquire(Patience.deadline());
        Session old = member.session();
        expire(member);
        awaitValid(member, old);
        assertThat(held.isValid()).isFalse();
        var again = member.lock("l").acquire(Patience.deadline());
        assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
        assertThat(again.isValid()).isTrue();
        assertThat(again.token()).isGreaterThan(held.token());
    }

    @Test
    void aCandidateStandsAgainAndItsOldLeadershipStaysOver() {
        Coordinator member = rejoining("one");
        Inbox<Leadership> elected = new Inbox<>();
        member.election("e").run(elected);
        Leadership first = elected.poll(Patience.deadline()).orElseThrow();
        expire(member);
        Leadership second = elected.poll(Patience.deadline()).orElseThrow();
        assertThat(first.isValid()).isFalse();
        assertThat(first.release()).isEqualTo(Release.ALREADY_LOST);
        assertThat(second.isValid()).isTrue();
        assertThat(second.token()).isGreaterThan(first.token());
    }

    @Test
    void whatWasGivenUpBeforeTheLossIsNotTakenUpAgain() {
        Coordinator member = rejoining("one");
        member.group("g").join(Capabilities.NONE).close();
        member.group("other").joinOrCreate(Capabilities.NONE);
        Membership expelled = member.group("third").joinOrCreate(Capabilities.NONE);
        CompletableFuture<Loss> loss = new CompletableFuture<>();
        expelled.onLost(loss::complete);
        member("two").group("third").expel("one");
        assertThat(join(loss)).isEqualTo(Loss.TAKEN_AWAY);
        expire(member);
        assertThat(next().group()).isEqualTo("other");
        Session old = member.session();
        expire(member);
        awaitValid(member, old);
        assertThat(next().group()).isEqualTo("other");
        assertThat(seen.members()).isEmpty();
        assertThat(member("three").group("third").members()).isEmpty();
        assertThat(rejoined.drain()).isEmpty();
    }

    @Test
    void aGroupThatWasDeletedMeanwhileIsMadeAgain() {
        GatedSessions gate = new GatedSessions(open());
        Coordinator late =
                member("two", closing(gate), options -> options.rejoin(true).onRejoined(rejoined));
        late.group("h").joinOrCreate(Capabilities.NONE);
        gate.shut();
        expireBehind(gate, late);
        Coordinator member = member("one");
        Group other = member.group("h");
        Patience.await("its members are gone").until(() -> other.members().isEmpty());
        other.delete();
        gate.open();
        assertThat(next().group()).isEqualTo("h");
        assertThat(member.groups()).containsExactly("g", "h");
    }

    @Test
    void aMembershipThatIsClosedBetweenTwoSessionsIsNotTakenUpAgain() {
        GatedSessions gate = new GatedSessions(open());
        Coordinator late =
                member("two", closing(gate), options -> options.rejoin(true).onRejoined(rejoined));
        Membership left = late.group("g").join(Capabilities.NONE);
        late.group("kept").joinOrCreate(Capabilities.NONE);
        gate.shut();
        expireBehind(gate, late);
        Patience.await("the membership has ended").until(() -> !left.isValid());
        assertThat(left.release()).isEqualTo(Release.ALREADY_LOST);
        gate.open();
        assertThat(next().group()).isEqualTo("kept");
        assertThat(seen.members()).isEmpty();
    }

    /** A namesake stands in the way of the first rejoining; the session is lost again before it goes. */
    @Test
    void aMemberThatIsLostAgainBeforeItCouldRejoinStillDoes() {
        GatedSessions gate = new GatedSessions(open());
        Coordinator late =
                member("two", closing(gate), options -> options.rejoin(true).onRejoined(rejoined));
        late.group("g").join(Capabilities.of("late"));
        gate.shut();
        expireBehind(gate, late);
        Patience.await("two is gone").until(() -> seen.findMember("two").isEmpty());
        Membership namesake = member("two").group("g").join(Capabilities.NONE);
        gate.open();
        Session second = awaitSession(late);
        expireBehind(gate, late);
        awaitValid(late, second);
        int attempts = gate.commits.get();
        Patience.await("it tries again and again").until(() -> gate.commits.get() > attempts + 2);
        namesake.close();
        assertThat(next().capabilities()).isEqualTo(Capabilities.of("late"));
        assertThat(seen.member("two").capabilities()).isEqualTo(Capabilities.of("late"));
    }

    private static Session awaitSession(Coordinator coordinator) {
        Patience.await("there is a session").ignoreExceptions().until(() -> coordinator.session() != null);
        return coordinator.session();
    }

    /** A watch may tell that the entry is gone before the session is known to have ended. */
    @Test
    void aMemberThatLearnsFirstThatItsEntryIsGoneStillKnowsWhyAndRejoins() {
        Store real = open();
        LateNews late = new LateNews(real);
        Coordinator member =
                member("one", closing(late), options -> options.rejoin(true).onRejoined(rejoined));
        Membership first = member.group("g").join(Capabilities.of("caps"));
        Inbox<Loss> losses = new Inbox<>();
        first.onLost(losses);
        assumeTrue(
                engine.expire(real, late.session()), "the engine " + store.engine() + " cannot end a session at will");
        assertThat(losses.poll(Patience.deadline())).contains(Loss.SESSION_LOST);
        assertThat(first.isValid()).isFalse();
        assertThat(rejoined.drain()).isEmpty();
        late.tell();
        assertThat(next().capabilities()).isEqualTo(Capabilities.of("caps"));
    }

    @Test
    void aSessionListenerThatThrowsKeepsNobodyFromRejoining() {
        Coordinator member = rejoining("one");
        List<Session.State> states = new CopyOnWriteArrayList<>();
        member.listen(state -> {
            throw new IllegalStateException("a listener that throws, as planned");
        });
        member.listen(states::add);
        member.group("g").join(Capabilities.NONE);
        expire(member);
        assertThat(next().isValid()).isTrue();
        Patience.await("both states are told")
                .until(() -> states.equals(List.of(Session.State.LOST, Session.State.CONNECTED)));
    }

    @Test
    void whoDoesNotAskToRejoinStaysOutAndIsToldByEveryCall() {
        Coordinator member = member("one");
        Membership membership = member.group("g").join(Capabilities.NONE);
        Session session = member.session();
        expire(member);
        Patience.await("the membership has ended").until(() -> !membership.isValid());
        // A watch may tell that the entry is gone before the session is known to have ended.
        Patience.await("the loss of the session is known").until(() -> session.state() == Session.State.LOST);
        assertThatThrownBy(member::session).isInstanceOf(SessionLostException.class);
        assertThatThrownBy(() -> member.lock("l").tryAcquire()).isInstanceOf(SessionLostException.class);
        assertThatThrownBy(() -> member.group("g").join(Capabilities.NONE)).isInstanceOf(SessionLostException.class);
        assertThatThrownBy(() -> member.election("e").run(leadership -> {})).isInstanceOf(SessionLostException.class);
        assertThat(seen.members()).isEmpty();
        member.close();
        member.start();
        assertThat(member.group("g").join(Capabilities.NONE).isValid()).isTrue();
    }

    @Test
    void aCoordinatorThatIsClosedBetweenTwoSessionsOpensNoMore() {
        GatedSessions gate = new GatedSessions(open());
        Coordinator late = member("two", closing(gate), options -> options.rejoin(true));
        late.group("g").join(Capabilities.NONE);
        gate.shut();
        expireBehind(gate, late);
        Patience.await("it asks for another session").until(() -> gate.asked() == 1);
        late.close();
        gate.open();
        Patience.await("the session that came too late is closed")
                .until(() -> gate.opened().size() == 2
                        && gate.opened().stream()
                                .allMatch(session -> session.state().isFinal()));
        assertThat(seen.members()).isEmpty();
    }

    private void expireBehind(GatedSessions gate, Coordinator coordinator) {
        assumeTrue(
                engine.expire(gate.store(), coordinator.session()),
                "the engine " + store.engine() + " cannot end a session at will");
    }
}
