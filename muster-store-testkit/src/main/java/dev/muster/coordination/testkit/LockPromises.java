package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockAcquireFailed;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockMode;
import dev.muster.coordination.lock.LockRequest;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.InvalidArgument;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acquiring and releasing. */
abstract class LockPromises extends RecipePromises {

    private static final Duration SHORT = Duration.ofMillis(20);

    private Coordinator one;
    private Coordinator two;
    private DistributedLock lock;

    LockPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
        lock = one.lock("orders");
    }

    @Test
    void aFreeLockIsAcquiredAndReleasedAndCanBeAcquiredAgain() {
        LockHandle held = lock.tryAcquire().orElseThrow();
        assertThat(held.isValid()).isTrue();
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        assertThat(held.isValid()).isFalse();
        try (LockHandle again = lock.acquire(Patience.deadline())) {
            assertThat(again.isValid()).isTrue();
        }
        assertThat(lock.requests()).isEmpty();
    }

    @Test
    void aSecondReleaseSaysThatItWasReleasedAlready() {
        LockHandle held = lock.acquire(Patience.deadline());
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
        held.close();
    }

    @Test
    void aReleaseOfAnOldHandleLeavesTheNextHolderAlone() {
        LockHandle old = lock.acquire(Patience.deadline());
        old.release();
        LockHandle next = two.lock("orders").acquire(Patience.deadline());
        assertThat(old.release()).isEqualTo(Release.ALREADY_LOST);
        old.close();
        assertThat(next.isValid()).isTrue();
        assertThat(lock.tryAcquire()).isEmpty();
        assertThat(next.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void whoHoldsTheLockAndAsksAgainIsTreatedLikeAStranger() {
        LockHandle held = lock.acquire(Patience.deadline());
        assertThat(lock.tryAcquire()).isEmpty();
        assertThat(lock.tryAcquire(SHORT)).isEmpty();
        assertThat(one.lock("orders").tryAcquire()).isEmpty();
        assertThat(join(CompletableFuture.supplyAsync(() -> one.lock("orders").tryAcquire())))
                .isEmpty();
        assertThat(held.isValid()).isTrue();
        assertThat(held.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void anotherMemberGetsItOnlyAfterItsRelease() {
        LockHandle held = lock.acquire(Patience.deadline());
        assertThat(two.lock("orders").tryAcquire()).isEmpty();
        assertThat(two.lock("orders").tryAcquire(SHORT)).isEmpty();
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        LockHandle next = two.lock("orders").acquire(Patience.deadline());
        assertThat(next.token()).isGreaterThan(held.token());
        assertThat(next.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void aThreadThatWaitsOnTheSameObjectGetsItAfterTheRelease() {
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<LockHandle> waiting = CompletableFuture.supplyAsync(() -> lock.acquire(Patience.deadline()));
        Patience.await("the thread waits").until(() -> lock.requests().size() == 2);
        assertThat(waiting).isNotDone();
        held.release();
        assertThat(join(waiting).isValid()).isTrue();
    }

    @Test
    void locksOfDifferentNamesDoNotTouchEachOther() {
        LockHandle orders = lock.acquire(Patience.deadline());
        LockHandle stock =
                join(CompletableFuture.supplyAsync(() -> one.lock("stock").acquire(Patience.deadline())));
        assertThat(orders.isValid()).isTrue();
        assertThat(two.lock("orders").tryAcquire()).isEmpty();
        assertThat(two.lock("stock").tryAcquire()).isEmpty();
        assertThat(orders.release()).isEqualTo(Release.RELEASED);
        assertThat(stock.isValid()).isTrue();
        assertThat(two.lock("stock").tryAcquire()).isEmpty();
        assertThat(stock.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void aScopeThatCannotHaveTheLockFailsAndDoesNotRun() {
        LockHandle held = lock.acquire(Patience.deadline());
        for (Duration timeout : List.of(Duration.ZERO, SHORT)) {
            assertThatThrownBy(() -> {
                        try (LockHandle entered = two.lock("orders").acquire(timeout)) {
                            throw new AssertionError("entered with " + entered);
                        }
                    })
                    .isInstanceOf(LockAcquireFailed.class)
                    .hasMessageContaining("orders");
        }
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aReleaseWithinTheScopeIsTheOneThatCounts() {
        try (LockHandle held = lock.acquire(Patience.deadline())) {
            assertThat(held.release()).isEqualTo(Release.RELEASED);
            assertThat(two.lock("orders").tryAcquire()).isPresent();
        }
        assertThat(lock.tryAcquire()).isEmpty();
    }

    @Test
    void aHandleMayBeReleasedOnAnotherThread() {
        LockHandle held = lock.acquire(Patience.deadline());
        assertThat(join(CompletableFuture.supplyAsync(held::release))).isEqualTo(Release.RELEASED);
        assertThat(two.lock("orders").tryAcquire()).isPresent();
    }

    @Test
    void manyFailedAttemptsNeverCostTheHolderItsLock() {
        Coordinator holder = member("holder", options -> options.sessionTimeout(briefSession()));
        LockHandle held = holder.lock("orders").acquire(Patience.deadline());
        long until = System.nanoTime() + 3 * holder.session().timeout().toNanos();
        int attempts = 0;
        while (attempts < 100 || System.nanoTime() - until < 0) {
            assertThat((attempts % 2 == 0 ? holder.lock("orders") : lock).tryAcquire())
                    .as("attempt " + ++attempts)
                    .isEmpty();
            assertThat(holder.lock("orders").shared().tryAcquire()).isEmpty();
        }
        assertThat(held.isValid()).as("after " + attempts + " failed attempts").isTrue();
        assertThat(lock.requests())
                .singleElement()
                .extracting(LockRequest::token)
                .isEqualTo(held.token());
        assertThat(held.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void whoHoldsAndWhoWaitsCanBeListedInTheOrderInWhichTheyAreServed() {
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> second = two.lock("orders").acquireAsync(LONG);
        Patience.await("two waits").until(() -> lock.requests().size() == 2);
        CompletableFuture<Optional<LockHandle>> third = lock.shared().acquireAsync(LONG);
        Patience.await("one waits").until(() -> lock.requests().size() == 3);
        List<LockRequest> requests = lock.requests();
        assertThat(requests).extracting(LockRequest::memberId).containsExactly("one", "two", "one");
        assertThat(requests).extracting(LockRequest::isHolder).containsExactly(true, false, false);
        assertThat(requests)
                .extracting(LockRequest::mode)
                .containsExactly(LockMode.EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.SHARED);
        assertThat(requests.get(0).token()).isEqualTo(held.token());
        held.release();
        assertThat(held(second).token()).isEqualTo(requests.get(1).token());
        third.cancel(false);
    }

    @Test
    void theNamesOfLocksThatAreHeldOrWantedAreListed() {
        LockHandle orders = lock.acquire(Patience.deadline());
        LockHandle stock = two.lock("stock").acquire(Patience.deadline());
        one.group("not-a-lock").create();
        assertThat(two.lockNames()).containsExactly("orders", "stock");
        orders.release();
        stock.release();
        assertThat(one.lockNames()).isEmpty();
    }

    @Test
    void aHandleSaysWhichLockItHoldsAndHow() {
        assertThat(lock.name()).isEqualTo("orders");
        try (LockHandle held = lock.acquire(Patience.deadline())) {
            assertThat(held.lockName()).isEqualTo("orders");
            assertThat(held.mode()).isEqualTo(LockMode.EXCLUSIVE);
        }
        try (LockHandle held = lock.shared().acquire(Patience.deadline())) {
            assertThat(held.mode()).isEqualTo(LockMode.SHARED);
        }
    }

    @Test
    void aNameThatNoStoreCanCarryIsRefusedWithTheRule() {
        for (String bad : List.of("", "a/b", ".", "..", "line\nbreak", "x".repeat(121))) {
            assertThatThrownBy(() -> one.lock(bad))
                    .as("the name '%s'", bad)
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("locks");
        }
        for (String good : List.of("x".repeat(120), "Grüße", "meta", "term", "x-1", "m.one", " ", "..a")) {
            one.lock(good).acquire(Patience.deadline()).close();
        }
    }

    @Test
    void aNegativeTimeoutIsRefused() {
        assertThatThrownBy(() -> lock.tryAcquire(Duration.ofNanos(-1)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("orders");
    }
}
