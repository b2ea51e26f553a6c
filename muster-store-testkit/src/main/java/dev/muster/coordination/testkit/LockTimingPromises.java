package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long acquiring takes. What a busy machine may spoil is measured again, what is wrong stays wrong. */
abstract class LockTimingPromises extends RecipePromises {

    private static final Duration OVERSHOOT = Duration.ofMillis(100);
    private static final int ROUNDS = 5;

    private DistributedLock lock;
    private Coordinator two;
    private LockHandle held;

    LockTimingPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void holdTheLock() {
        lock = member("one").lock("orders");
        two = member("two");
        held = lock.acquire(Patience.deadline());
    }

    @Test
    void anAttemptEndsEmptyAtItsLimitAndNoLaterThan100Milliseconds() {
        for (long limit : new long[] {1, 60, 250}) {
            assertEndsEmptyAtLimit(Duration.ofMillis(limit), 1);
        }
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void manyWhoWaitTogetherAllEndEmptyAtTheirLimit() {
        assertEndsEmptyAtLimit(Duration.ofMillis(200), 6);
        assertThat(held.isValid()).isTrue();
        assertThat(lock.requests()).hasSize(1);
    }

    @Test
    void aSingleAttemptAnswersAtOnce() {
        assertEndsEmptyAtLimit(Duration.ZERO, 1);
        held.release();
        assertThat(two.lock("orders").tryAcquire(Duration.ZERO)).isPresent();
    }

    private void assertEndsEmptyAtLimit(Duration limit, int waiters) {
        List<Duration> overshoots = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Duration worst = Duration.ZERO;
            for (Supplier<Duration> waiting : start(limit, waiters)) {
                Duration taken = waiting.get();
                assertThat(taken).as("an attempt of " + limit).isGreaterThanOrEqualTo(limit);
                Duration over = taken.minus(limit);
                worst = over.compareTo(worst) > 0 ? over : worst;
            }
            overshoots.add(worst);
            if (worst.compareTo(Patience.scaled(OVERSHOOT)) <= 0) {
                return;
            }
        }
        throw new AssertionError("every time an attempt of " + limit + " was over its limit by more than "
                + Patience.scaled(OVERSHOOT) + ": by " + overshoots);
    }

    /** Each answers how long its attempt took, once it has ended empty. */
    private List<Supplier<Duration>> start(Duration limit, int waiters) {
        List<Supplier<Duration>> started = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            long begun = System.nanoTime();
            CompletableFuture<Optional<LockHandle>> attempt = two.lock("orders").acquireAsync(limit);
            CompletableFuture<Duration> taken = attempt.thenApply(handle -> {
                assertThat(handle).isEmpty();
                return Duration.ofNanos(System.nanoTime() - begun);
            });
            started.add(() -> join(taken));
        }
        return started;
    }

    @Test
    void aReleaseWakesTheWaiterWithoutAPoll() {
        int handOvers = 20;
        List<Duration> taken = new ArrayList<>();
        for (int i = 0; i < handOvers; i++) {
            CompletableFuture<Optional<LockHandle>> next = two.lock("orders").acquireAsync(LONG);
            Patience.await("the next one waits").until(() -> lock.requests().size() == 2);
            long released = System.nanoTime();
            held.release();
            held = held(next);
            taken.add(Duration.ofNanos(System.nanoTime() - released));
        }
        taken.sort(null);
        assertThat(taken.get(handOvers / 2))
                .as("the median of the times from release to acquisition: " + taken)
                .isLessThan(Patience.scaled(Duration.ofMillis(300)));
    }
}
