package dev.muster.store.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class LeasedSessionTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Clock clock = new Clock();
    private final Leased session = new Leased();
    private final List<State> told = new ArrayList<>();

    LeasedSessionTest() {
        session.listen(told::add);
        session.begin();
    }

    @Test
    void itsDeadlineCountsFromBeforeTheLastRenewalWasSent() {
        clock.pass(4);
        long sentAt = clock.nanoTime();
        clock.pass(1);
        session.renewed(sentAt);
        clock.pass(7);
        assertThat(session.mayOwn()).isTrue();
        clock.pass(1);
        assertThat(session.mayOwn()).isFalse();
        assertThat(session.heartbeats()).isEqualTo(1);
        assertThat(told).containsExactly(State.SUSPENDED, State.LOST);
    }

    @Test
    void anAnswerThatComesPastTheDeadlineBringsNothingBack() {
        // As after a long pause of this process, when no timer has run yet.
        long sentAt = clock.nanoTime() + Duration.ofSeconds(8).toNanos();
        clock.jump(9);
        session.renewed(sentAt);
        assertThat(session.mayOwn()).isFalse();
        assertThat(session.state()).isEqualTo(State.LOST);
        assertThat(session.ends).containsExactly(State.LOST);
    }

    @Test
    void anAnswerThatWasOvertakenDoesNotPutTheDeadlineForward() {
        session.renewed(clock.nanoTime() + 2);
        session.renewed(clock.nanoTime() + 1);
        clock.jump(9);
        assertThat(session.mayOwn()).isTrue();
    }

    @Test
    void silenceSuspendsItAndARenewalHelps() {
        clock.pass(6);
        assertThat(session.state()).isEqualTo(State.SUSPENDED);
        session.renewed(clock.nanoTime());
        assertThat(told).containsExactly(State.SUSPENDED, State.CONNECTED);
    }

    @Test
    void aRenewalThatIsOldItselfDoesNotReassure() {
        session.suspend(new ConnectionException("cut"));
        session.renewed(clock.nanoTime());
        assertThat(session.state()).isEqualTo(State.CONNECTED);
        long old = clock.nanoTime();
        clock.pass(7);
        session.renewed(old + 1);
        assertThat(session.state()).isEqualTo(State.SUSPENDED);
    }

    @Test
    void itEndsOnceAndLeavesNoTimer() {
        CompletableFuture<Void> first = session.closeAsync();
        session.close();
        session.lose();
        assertThat(first).isCompleted();
        assertThat(session.ends).containsExactly(State.CLOSED);
        assertThat(clock.timers).isEmpty();
    }

    private final class Leased extends LeasedSession {

        private final List<State> ends = new ArrayList<>();

        Leased() {
            super("s", clock, TIMEOUT, MARGIN, clock.nanoTime());
        }

        @Override
        protected CompletableFuture<Void> conclude(State as) {
            ends.add(as);
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Time that passes when it is told to, from a moment at which the count of nanoseconds is about to overflow. */
    private static final class Clock implements Scheduler {

        private record Timer(long due, Runnable task) {}

        private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.signum(a.due - b.due));
        private long now = Long.MAX_VALUE - 1;

        void jump(long seconds) {
            now += Duration.ofSeconds(seconds).toNanos();
        }

        void pass(long seconds) {
            long until = now + Duration.ofSeconds(seconds).toNanos();
            while (!timers.isEmpty() && timers.peek().due - until <= 0) {
                Timer next = timers.remove();
                now = next.due;
                next.task.run();
            }
            now = until;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            Timer timer = new Timer(now + delay.toNanos(), task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }
    }
}
