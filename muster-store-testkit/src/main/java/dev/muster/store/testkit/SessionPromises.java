package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
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
        List<WatchRecorder> recorders = new ArrayList<>();
        for (Store client : List.of(store, open())) {
            WatchRecorder recorder =
                    new WatchRecorder(state -> assertThat(state.find("a").isPresent())
                            .as("both entries of the session, or none")
                            .isEqualTo(state.find("b").isPresent()));
            recorder.closesWith(client.watch(directory, WatchOptions.ALL, recorder));
            recorders.add(recorder.awaitListed());
        }
        session.close();
        for (WatchRecorder recorder : recorders) {
            recorder.awaitNames("free");
            for (WatchEvent event : recorder.events()) {
                if (event instanceof WatchEvent.Changed changed) {
                    assertThat(changed.removals())
                            .containsExactlyInAnyOrder(
                                    new WatchEvent.Removal("a", one), new WatchEvent.Removal("b", one));
                }
            }
        }
        long end = recorders.get(0).view().revision();
        assertThat(apply(in().put("next", text("1")))).isGreaterThan(end);
        recorders.forEach(WatchRecorder::close);
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
