package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.Session;
import dev.muster.store.Session.State;
import dev.muster.store.SessionLostException;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a session owns, and what remains of it. */
abstract class SessionPromises extends Promises {

    SessionPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aNewSessionIsConnectedMayOwnAndHasAnIdOfItsOwn() {
        Session one = session();
        Session two = session(open());
        assertThat(one.state()).isEqualTo(State.CONNECTED);
        assertThat(one.mayOwn()).isTrue();
        assertThat(one.id()).isNotEmpty().isNotEqualTo(two.id());
    }

    @Test
    void anOwnedEntryNamesItsOwner() {
        Session session = session();
        long revision = apply(in().as(session).putOwned("a", text("1")).put("b", text("1")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("1"), revision, revision, session.id()));
        assertThat(entry("b").ownerId()).isNull();
        Commit.Builder appends = in().as(session);
        String name = appends.appendOwned("q-", text("1"));
        apply(appends);
        assertThat(entry(name).isOwnedBy(session)).isTrue();
    }

    @Test
    void anUnownedPutKeepsTheOwner() {
        Session session = session();
        long created = apply(in().as(session).putOwned("a", text("1")));
        long modified = apply(open(), in().put("a", text("2")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("2"), created, modified, session.id()));
        long again = apply(in().as(session).putOwned("a", text("3")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("3"), created, again, session.id()));
    }

    @Test
    void anOwnedPutOfAnEntryOfAnotherOwnerOrOfNoneFailsWhole() {
        Session owner = session();
        Session other = session();
        apply(in().as(owner).putOwned("owned", text("1")).put("free", text("1")));
        List<Entry> before = list().entries();
        for (String name : List.of("owned", "free")) {
            Commit commit = in().as(other)
                    .put("beside", text("1"))
                    .putOwned(name, text("2"))
                    .build();
            assertThat(failureOf(store.commit(commit))).isInstanceOf(OwnerMismatch.class);
            assertThat(list().entries()).isEqualTo(before);
        }
    }

    @Test
    void aFailingGuardIsToldBeforeAWrongOwnerAndAnEndedSessionBeforeBoth() {
        Session owner = session();
        apply(in().as(owner).putOwned("a", text("1")));
        Session other = session();
        Commit both = in().as(other).absent("a").putOwned("a", text("2")).build();
        assertThat(refused(commit(both)).guard()).isEqualTo(new Guard.Absent("a"));
        other.close();
        Commit all = in().as(other).absent("a").putOwned("a", text("2")).build();
        assertThat(failureOf(store.commit(all))).isInstanceOf(SessionLostException.class);
    }

    @Test
    void aDeletedEntryMayBeTakenByAnother() {
        Session owner = session();
        Session other = session();
        apply(in().as(owner).putOwned("a", text("1")));
        apply(in().delete("a"));
        apply(in().as(other).putOwned("a", text("2")));
        owner.close();
        assertThat(entry("a").isOwnedBy(other)).isTrue();
    }

    @Test
    void closingASessionRemovesWhatItOwnsInAllDirectoriesAndNothingElse() {
        Store other = open();
        Session session = session();
        Session second = session();
        List<String> directories = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            directories.add(root + "/owned/" + i);
            apply(in(root + "/owned/" + i)
                    .as(session)
                    .putOwned("a", text("1"))
                    .putOwned("b", text("1"))
                    .put("free", text("1")));
            apply(in(root + "/owned/" + i).as(second).putOwned("second", text("1")));
        }
        session.close();
        for (String path : directories) {
            assertThat(list(store, path).names()).containsExactly("free", "second");
            Patience.await("the end of a session at another client")
                    .untilAsserted(() -> assertThat(list(other, path).names()).containsExactly("free", "second"));
        }
        assertThat(session.state()).isEqualTo(State.CLOSED);
        assertThat(session.mayOwn()).isFalse();
        assertThat(second.mayOwn()).isTrue();
    }

    @Test
    void eachDirectoryRemovesThemInOneCommitThatItsWatchersAreTold() {
        Session session = session();
        long one = apply(in().as(session).putOwned("a", text("1")).putOwned("b", text("1")));
        apply(in().put("free", text("1")));
        WatchRecorder near = watch().awaitListed();
        WatchRecorder far = watch(open(), directory, WatchOptions.ALL).awaitListed();
        session.close();
        for (WatchRecorder recorder : List.of(near, far)) {
            recorder.awaitNames("free");
            List<WatchEvent> events = recorder.events();
            assertThat(events).hasSize(2);
            assertThat(events.get(1))
                    .isInstanceOfSatisfying(
                            WatchEvent.Changed.class,
                            changed -> assertThat(changed.removals())
                                    .containsExactlyInAnyOrder(
                                            new WatchEvent.Removal("a", one), new WatchEvent.Removal("b", one)));
        }
        assertThat(apply(in().put("next", text("1"))))
                .isGreaterThan(near.events().get(1).revision());
    }

    @Test
    void guardsNoLongerSeeTheEntriesOfAnEndedSession() {
        Session session = session();
        long revision = apply(in().as(session).putOwned("a", text("1")));
        session.close();
        refused(commit(in().present("a").put("x", text("1")).build()));
        refused(commit(in().at("a", revision).put("x", text("1")).build()));
        refused(commit(in().created("a", revision).put("x", text("1")).build()));
        long next = apply(in().absent("a").put("a", text("2")));
        assertThat(next).isGreaterThan(revision);
        assertThat(list().entries()).containsExactly(new Entry("a", text("2"), next, next, null));
    }

    @Test
    void aCommitThatNamesAnEndedSessionFailsWhole() {
        Session session = session();
        apply(in().as(session).putOwned("a", text("1")).put("free", text("1")));
        session.close();
        List<Entry> before = list().entries();
        for (Commit.Builder late : List.of(
                in().as(session).put("free", text("2")),
                in().as(session).put("new", text("1")),
                in().as(session).delete("free"),
                in().as(session).putOwned("a", text("2")),
                in().as(session).present("free"))) {
            assertThat(failureOf(store.commit(late.build()))).isInstanceOf(SessionLostException.class);
            assertThat(list().entries()).isEqualTo(before);
        }
    }

    @Test
    void twoSessionsOfOneClientOwnTheirOwnEntries() {
        Session one = session();
        Session two = session();
        apply(in().as(one).putOwned("one", text("1")));
        apply(in().as(two).putOwned("two", text("1")));
        one.close();
        assertThat(list().names()).containsExactly("two");
        apply(in().as(two).putOwned("two", text("2")));
        two.close();
        assertThat(list().entries()).isEmpty();
    }

    @Test
    void closingAgainDoesNothing() {
        Session session = session();
        session.close();
        session.close();
        assertThat(join(session.closeAsync())).isNull();
        assertThat(session.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void everyCloseCompletesOnlyOnceTheEntriesAreGone() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            Session session = session();
            for (int i = 0; i < 20; i++) {
                apply(in(root + "/slow/" + i).as(session).putOwned("a", text("1")));
            }
            List<String> seen = new CopyOnWriteArrayList<>();
            Runnable close = () -> {
                session.close();
                for (int i = 0; i < 20; i++) {
                    seen.addAll(list(store, root + "/slow/" + i).names());
                }
            };
            Thread second = new Thread(close, "second close");
            second.start();
            close.run();
            second.join(Patience.deadline().toMillis());
            assertThat(second.isAlive()).isFalse();
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void closingTheStoreClosesItsSessions() {
        Store other = open();
        Session session = session(other);
        apply(other, in().as(session).putOwned("a", text("1")));
        other.close();
        other.close();
        assertThat(session.state()).isEqualTo(State.CLOSED);
        assertThat(session.mayOwn()).isFalse();
        Patience.await("the end of a closed store's session")
                .untilAsserted(() -> assertThat(list().entries()).isEmpty());
        session.close();
    }

    @Test
    void aClosedStoreRefusesEveryOperation() {
        Store other = open();
        other.close();
        assertThat(failureOf(other.list(directory))).isInstanceOf(ConnectionException.class);
        assertThat(failureOf(other.directories(root))).isInstanceOf(ConnectionException.class);
        assertThat(failureOf(other.openSession(SESSION))).isInstanceOf(ConnectionException.class);
        assertThat(failureOf(other.commit(in().put("a", text("1")).build()))).isInstanceOf(ConnectionException.class);
        assertThat(list().entries()).isEmpty();
    }

    @Test
    void listenersAreToldTheFinalStateOnceAndLast() {
        Session session = session();
        List<State> told = new CopyOnWriteArrayList<>();
        List<State> cancelled = new CopyOnWriteArrayList<>();
        session.listen(state -> {
            throw new IllegalStateException("thrown by a test's listener, as planned");
        });
        session.listen(told::add);
        Cancellable listening = session.listen(cancelled::add);
        listening.cancel();
        listening.cancel();
        session.close();
        Patience.await("the final state at a listener").until(() -> told.contains(State.CLOSED));
        List<State> late = new CopyOnWriteArrayList<>();
        session.listen(late::add);
        Patience.await("the final state at a late listener").until(() -> late.contains(State.CLOSED));
        session.close();
        assertThat(late).containsExactly(State.CLOSED);
        assertThat(told).endsWith(State.CLOSED).containsOnlyOnce(State.CLOSED);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aSessionThatTheStoreEndsIsLostAndLosesWhatItOwns() {
        Store other = open();
        Session session = session(other);
        apply(other, in().as(session).putOwned("a", text("1")).put("free", text("1")));
        WatchRecorder recorder = watch().awaitListed();
        List<State> told = new CopyOnWriteArrayList<>();
        session.listen(told::add);
        assumeTrue(engine.expire(other, session), "the test of this engine cannot end a session by force");
        Patience.await("the loss of a session").until(() -> session.state() == State.LOST);
        assertThat(session.mayOwn()).isFalse();
        recorder.awaitNames("free");
        Patience.await("the loss at a listener").until(() -> told.contains(State.LOST));
        assertThat(told).endsWith(State.LOST);
        Commit late = in().as(session).put("free", text("2")).build();
        assertThat(failureOf(other.commit(late))).isInstanceOf(SessionLostException.class);
        assertThat(entry("free").value()).isEqualTo(text("1"));
        session.close();
        assertThat(session.state()).isEqualTo(State.LOST);
    }
}
