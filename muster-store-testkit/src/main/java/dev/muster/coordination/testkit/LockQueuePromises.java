package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockAcquireFailed;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockRequest;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Commit;
import dev.muster.store.SessionLostException;
import dev.muster.store.TimeoutException;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a lock. */
abstract class LockQueuePromises extends RecipePromises {

    private Coordinator one;
    private DistributedLock lock;

    LockQueuePromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMember() {
        one = member("one");
        lock = one.lock("orders");
    }

    /** Lets a member ask, and waits until it stands in the queue. */
    private CompletableFuture<Optional<LockHandle>> queue(Coordinator member) {
        int before = lock.requests().size();
        CompletableFuture<Optional<LockHandle>> waiting = member.lock("orders").acquireAsync(LONG);
        awaitQueue(before + 1);
        return waiting;
    }

    private void awaitQueue(int length) {
        Patience.await("the queue is " + length + " long")
                .until(() -> lock.requests().size() == length);
    }

    private FencingToken lastToken() {
        List<LockRequest> requests = lock.requests();
        return requests.get(requests.size() - 1).token();
    }

    @Test
    void waitersAreServedInTheOrderInWhichTheyAsked() {
        Coordinator two = member("two");
        LockHandle held = lock.acquire(Patience.deadline());
        List<CompletableFuture<Optional<LockHandle>>> waiters = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waiters.add(queue(i % 3 == 0 ? one : two));
        }
        for (int i = 0; i < waiters.size(); i++) {
            assertThat(waiters.subList(i, waiters.size()))
                    .as("waiters from " + i)
                    .noneMatch(CompletableFuture::isDone);
            assertThat(two.lock("orders").tryAcquire()).isEmpty();
            FencingToken before = held.token();
            held.release();
            held = held(waiters.get(i));
            assertThat(held.token()).isGreaterThan(before);
        }
        held.release();
        assertThat(lock.requests()).isEmpty();
    }

    @Test
    void aWaitWithoutEndMayBeAskedFor() {
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> waiting =
                one.lock("orders").acquireAsync(ChronoUnit.FOREVER.getDuration());
        awaitQueue(2);
        held.release();
        assertThat(held(waiting).isValid()).isTrue();
    }

    @Test
    void aCancelledWaitLeavesTheQueueAndTheOthersTheirPlaces() {
        Coordinator two = member("two");
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> first = queue(two);
        CompletableFuture<Optional<LockHandle>> second = queue(two);
        CompletableFuture<Optional<LockHandle>> last = queue(one);
        FencingToken third = lastToken();
        second.cancel(true);
        awaitQueue(3);
        assertThat(last).isNotDone();
        first.cancel(true);
        awaitQueue(2);
        assertThat(last).isNotDone();
        held.release();
        assertThat(held(last).token()).isEqualTo(third);
    }

    @Test
    void aWaitThatTimesOutLeavesTheQueueAndTheOthersTheirPlaces() {
        Coordinator two = member("two");
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> brief =
                two.lock("orders").acquireAsync(Patience.scaled(Duration.ofMillis(300)));
        awaitQueue(2);
        CompletableFuture<Optional<LockHandle>> next = two.lock("orders").acquireAsync(LONG);
        assertThat(join(brief)).isEmpty();
        awaitQueue(2);
        assertThat(next).isNotDone();
        held.release();
        assertThat(held(next).isValid()).isTrue();
    }

    @Test
    void aThreadThatIsInterruptedLeavesTheQueue() throws InterruptedException {
        LockHandle held = lock.acquire(Patience.deadline());
        Coordinator two = member("two");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                two.lock("orders").acquire(LONG);
                thrown.complete(new AssertionError("acquired while held"));
            } catch (RuntimeException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("flag lost", e));
            }
        });
        thread.start();
        awaitQueue(2);
        thread.interrupt();
        assertThat(join(thrown)).isInstanceOf(TimeoutException.class);
        awaitQueue(1);
        thread.join();
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aWaiterWhoseRequestIsRemovedByHandIsToldSo() {
        LockHandle held = lock.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> waiting = queue(member("two"));
        String directory = directory("locks", "orders");
        String request = list(directory).names().get(1);
        store.commit(Commit.in(directory).delete(request).build(), Patience.deadline());
        assertThatThrownBy(() -> join(waiting))
                .isInstanceOf(LockAcquireFailed.class)
                .hasMessageContaining("orders");
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aWaiterWhoseSessionEndsIsToldSoAndLeavesTheQueue() {
        LockHandle held = lock.acquire(Patience.deadline());
        Coordinator two = member("two");
        CompletableFuture<Optional<LockHandle>> waiting = queue(two);
        expire(two);
        assertThatThrownBy(() -> join(waiting)).isInstanceOf(SessionLostException.class);
        awaitQueue(1);
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aWaiterWhoseCoordinatorIsClosedIsToldSo() {
        LockHandle held = lock.acquire(Patience.deadline());
        Coordinator two = member("two");
        CompletableFuture<Optional<LockHandle>> waiting = queue(two);
        two.close();
        assertThatThrownBy(() -> join(waiting)).isInstanceOf(SessionLostException.class);
        awaitQueue(1);
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void aWaiterWhoseStoreIsClosedWithItsCoordinatorIsToldSo() {
        lock.acquire(Patience.deadline());
        Coordinator own = closing(Coordinator.over(
                        engine.url(),
                        CoordinatorOptions.member("own").namespace(namespace).build()))
                .start();
        CompletableFuture<Optional<LockHandle>> waiting = queue(own);
        own.close();
        assertThatThrownBy(() -> join(waiting)).isInstanceOf(SessionLostException.class);
        awaitQueue(1);
    }

    @Test
    void oneReleaseWakesOneWaiterAndNoHerd() {
        CountingStore counting = closing(new CountingStore(open()));
        LockHandle held = lock.acquire(Patience.deadline());
        List<CompletableFuture<Optional<LockHandle>>> waiters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiters.add(queue(member("waiter-" + i, counting, options -> options)));
        }
        Patience.await("all watch").until(() -> counting.begunWatches.get() >= waiters.size());
        for (CompletableFuture<Optional<LockHandle>> next : waiters.subList(0, 4)) {
            int listings = counting.listings.get();
            int wakeUps = counting.wakeUps.get();
            held.release();
            held = held(next);
            assertThat(counting.listings.get() - listings)
                    .as("listings for one release")
                    .isLessThanOrEqualTo(1);
            assertThat(counting.wakeUps.get() - wakeUps)
                    .as("events told for one release")
                    .isLessThanOrEqualTo(3);
        }
        waiters.forEach(waiter -> waiter.cancel(false));
    }
}
