package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.Session.State;
import dev.muster.store.SessionLostException;
import dev.muster.store.TimeoutException;
import dev.muster.store.Trait;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Sessions over a link that breaks, for shorter and for longer than they last. */
abstract class LinkSessionPromises extends LinkPromises {

    LinkSessionPromises(StoreContract engine) {
        super(engine);
    }

    private static List<State> statesOf(Session session) {
        List<State> states = new CopyOnWriteArrayList<>();
        session.listen(states::add);
        return states;
    }

    private static void awaitState(Session session, State state, Duration atMost) {
        Patience.await("the session's state " + state, atMost).until(() -> session.state() == state);
    }

    @Test
    void aCutShorterThanTheTimeOutSuspendsASessionAndTakesNothingFromIt() {
        Session session = session(far);
        List<State> states = statesOf(session);
        long created = apply(far, in().as(session).putOwned("a", text("1")));
        for (int round = 1; round <= 3; round++) {
            proxy.partition();
            awaitState(session, State.SUSPENDED, session.timeout());
            proxy.pass();
            awaitState(session, State.CONNECTED, session.timeout());
            assertThat(session.mayOwn()).isTrue();
            Bytes value = text("" + round);
            Retrying.apply(far, () -> in().as(session).created("a", created).putOwned("a", value));
        }
        assertThat(entry("a").created()).isEqualTo(created);
        assertThat(states).startsWith(State.SUSPENDED, State.CONNECTED).doesNotContain(State.LOST);
    }

    @Test
    void anOwnerCutOffInSilenceKnowsThatItMayNotOwnBeforeAnotherFindsItsEntryGone() {
        Session session = session(far, Duration.ofSeconds(2));
        List<State> states = statesOf(session);
        apply(far, in().as(session).put("free", text("1")).putOwned("a", text("1")));
        List<Boolean> believed = new CopyOnWriteArrayList<>();
        WatchRecorder recorder = new WatchRecorder(state -> {
            if (state.find("a").isEmpty()) {
                believed.add(session.mayOwn());
            }
        });
        recorder.closesWith(store.watch(directory, WatchOptions.ALL.on(Runnable::run), recorder));
        recorder.awaitListed();
        assertThat(session.mayOwn()).isTrue();

        proxy.silence();
        Patience.await(
                        "the end of a session that is not heard from",
                        session.timeout().multipliedBy(3).plusSeconds(10))
                .until(() -> {
                    boolean gone = list().find("a").isEmpty();
                    if (gone) {
                        believed.add(session.mayOwn());
                    }
                    return gone;
                });
        recorder.awaitNames("free");
        if (store.traits().contains(Trait.LEASE_SAFE)) {
            assertThat(believed)
                    .as("what the owner believed when others found its entry gone")
                    .containsOnly(false);
        }
        Patience.await("the owner's own notice").until(() -> !session.mayOwn());
        assertThat(session.state()).isNotEqualTo(State.CONNECTED);

        proxy.pass();
        awaitState(session, State.LOST, Duration.ofSeconds(15));
        assertThat(session.mayOwn()).isFalse();
        Patience.await("the news of the loss").until(() -> states.contains(State.LOST));
        Patience.await("the refusal of the lost session", Duration.ofSeconds(30))
                .until(() -> isRefused(in().as(session)
                        .put("free", text("2"))
                        .putOwned("a", text("2"))
                        .build()));
        assertThat(list().names()).containsExactly("free");
        assertThat(entry("free").value()).isEqualTo(text("1"));
        try (Session next = session(far)) {
            Retrying.apply(far, () -> in().as(next).absent("a").putOwned("a", text("3")));
        }
    }

    /** The client may still be connecting: then the commit was not sent. */
    private boolean isRefused(Commit late) {
        MusterException failure = awaitFailure(far.commit(late))
                .orElseThrow(() -> new AssertionError("a commit that names a lost session was answered"));
        if (failure instanceof SessionLostException) {
            return true;
        }
        assertThat(failure)
                .isInstanceOfAny(ConnectionException.class, TimeoutException.class, OutcomeUnknownException.class);
        return false;
    }

    @Test
    void aConnectionThatGoesDeafEndsNoSessionWhileNewOnesPass() {
        Session session = session(far);
        long created = apply(far, in().as(session).putOwned("a", text("1")));
        proxy.deafen();
        long start = System.nanoTime();
        long more = session.heartbeats() + 2;
        Patience.await("heartbeats over another connection", session.timeout().multipliedBy(2))
                .until(() -> session.heartbeats() >= more || session.state() == State.LOST);
        assertThat(session.state())
                .as("state of a session of " + session.timeout() + ", " + Duration.ofNanos(System.nanoTime() - start)
                        + " after its connection went deaf")
                .isEqualTo(State.CONNECTED);
        assertThat(session.mayOwn()).isTrue();
        assertThat(entry("a").created()).isEqualTo(created);
        Retrying.apply(far, () -> in().as(session).created("a", created).putOwned("a", text("2")));
    }
}
