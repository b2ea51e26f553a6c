package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.Session.State;
import dev.muster.store.Settlement;
import dev.muster.store.TimeoutException;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The fate of commits over a link that loses requests and replies. */
abstract class LinkCommitPromises extends LinkPromises {

    LinkCommitPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aCommitWhoseReplyIsLostIsUnknownAndSettlesAsAppliedAtItsRevision() {
        for (int round = 0; round < 3; round++) {
            String name = "a" + round;
            Retrying.apply(far, () -> in().put("before", text("1")));
            Commit commit = in().absent(name).put(name, text("1")).build();
            proxy.swallowReplies();
            CompletableFuture<CommitResult> sent = far.commit(commit);
            Patience.await("the commit whose reply is swallowed")
                    .until(() -> list().find(name).isPresent());
            long revision = entry(name).created();
            proxy.cut();
            proxy.pass();
            assertUnknownOrKnownRightly(sent, revision);
            assertThat(Retrying.settle(far, commit)).isEqualTo(new Settlement.Applied(revision));
            apply(in().put(name, text("2")));
            apply(in().delete(name));
            assertThat(Retrying.settle(far, commit)).isEqualTo(new Settlement.Applied(revision));
            assertThat(list().find(name)).isEmpty();
        }
    }

    @Test
    void aRefusedCommitWhoseReplyIsLostSettlesAsNever() {
        apply(far, in().put("taken", text("1")));
        Commit commit = in().absent("taken").put("a", large()).build();
        proxy.swallowReplies();
        long before = proxy.swallowed();
        CompletableFuture<CommitResult> sent = far.commit(commit);
        Patience.await("a swallowed reply").until(() -> sent.isDone() || proxy.swallowed() > before);
        proxy.cut();
        proxy.pass();
        apply(in().delete("taken"));
        awaitFailure(sent)
                .ifPresent(failure -> assertThat(failure)
                        .as("the failure of a commit that was refused and not answered")
                        .isInstanceOfAny(
                                OutcomeUnknownException.class, ConnectionException.class, TimeoutException.class));
        assertThat(Retrying.settle(far, commit)).isIn(new Settlement.Never(), appliedNow());
    }

    /** An engine that sent the commit again after the guard had come to hold may have applied it: then it is there. */
    private Settlement appliedNow() {
        return list().find("a")
                .map(Entry::created)
                .<Settlement>map(Settlement.Applied::new)
                .orElse(new Settlement.Never());
    }

    @Test
    void aRequestThatArrivesAfterItWasSettledAsNeverHasNoEffect() {
        for (int round = 0; round < 3; round++) {
            String name = "a" + round;
            apply(far, in().put(name, text("before")));
            Commit commit = in().put(name, large()).put("other", large()).build();
            CompletableFuture<CommitResult> sent = sendHeld(commit);
            FaultProxy.Stranded late = proxy.strand();
            Settlement settlement = Retrying.settle(far, commit);
            apply(in().put(name, text("after")));
            Listing settled = list();
            assertThat(settled.find("other").isPresent()).isEqualTo(settlement instanceof Settlement.Applied);
            late.deliver();
            assertStays(settled);
            assertThat(Retrying.settle(far, commit)).isEqualTo(settlement);
            awaitFailure(sent);
            assertStays(settled);
            apply(in().delete("other"));
        }
    }

    @Test
    void aRequestThatArrivesAfterItsSessionHasEndedHasNoEffect() {
        Session session = session(far, Duration.ofSeconds(2));
        apply(far, in().as(session).put("free", text("before")).putOwned("mark", text("1")));
        Commit commit = in().as(session)
                .put("free", large())
                .putOwned("owned", text("1"))
                .build();
        CompletableFuture<CommitResult> sent = sendHeld(commit);
        FaultProxy.Stranded late = proxy.strand();
        session.close();
        Patience.await(
                        "the end of the session",
                        session.timeout().multipliedBy(3).plusSeconds(10))
                .until(() -> list().find("mark").isEmpty());
        apply(in().put("free", text("after")));
        Listing ended = list();
        assertThat(ended.names()).containsExactly("free");
        late.deliver();
        assertStays(ended);
        awaitFailure(sent);
        assertStays(ended);
    }

    /** A server may carry out what it was sent a little later. */
    private void assertStays(Listing state) {
        Patience.await("a directory that no late request changes")
                .during(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(list().entries()).isEqualTo(state.entries()));
    }

    @Test
    void aCommitThatNeverLeftFailsAsNeverAppliedAndDoesNotApply() {
        Session session = session(far);
        proxy.partition();
        Patience.await("the notice of the cut").until(() -> session.state() == State.SUSPENDED);
        List<Commit> unsent = new ArrayList<>();
        for (int i = 0; unsent.size() < 3; i++) {
            assertThat(i)
                    .as("commits without a connection whose outcome is unknown")
                    .isLessThan(20);
            Commit commit = in().put("n" + i, text("1")).build();
            MusterException failure = awaitFailure(far.commit(commit)).orElseThrow();
            // What was under way when the cut was noticed may be unknown.
            if (!(failure instanceof OutcomeUnknownException)) {
                assertThat(failure).isInstanceOfAny(ConnectionException.class, TimeoutException.class);
                unsent.add(commit);
            }
        }
        proxy.pass();
        unsent.forEach(commit -> assertThat(Retrying.settle(far, commit)).isEqualTo(new Settlement.Never()));
        // Lost, where it took the engine longer than the session lasts to say of each commit that it did not leave.
        Patience.await("the reconnection").until(() -> session.state() != State.SUSPENDED);
        Retrying.apply(far, () -> in().put("healed", text("1")));
        assertThat(list().names())
                .doesNotContainAnyElementsOf(unsent.stream()
                        .flatMap(commit -> commit.changes().stream())
                        .map(change -> change.name())
                        .toList());
    }

    @Test
    void cutsWhileManyCommitLoseNothingThatWasAcknowledgedAndApplyNothingThatWasDenied() {
        new CutHistory(this, 50).run();
    }

    @Test
    void aSlowLinkIsSlowAndNothingElse() {
        Session session = session(far, Duration.ofSeconds(4));
        List<State> states = new ArrayList<>();
        session.listen(states::add);
        proxy.delay(Duration.ofMillis(100), Duration.ofMillis(20));
        long end = System.nanoTime() + session.timeout().toNanos();
        WatchRecorder recorder = watch(far, directory, WatchOptions.ALL);
        for (int i = 0; System.nanoTime() < end; i++) {
            apply(far, in().as(session).putOwned("n" + i % 4, text("" + i)));
            assertThat(session.mayOwn()).isTrue();
        }
        recorder.awaitStateOf(store, directory);
        assertThat(states).isEmpty();
    }
}
