package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Cancellable;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Losing a lock: to somebody who breaks it, or with the session. */
abstract class LockLossPromises extends RecipePromises {

    private Coordinator one;
    private Coordinator two;
    private DistributedLock mine;
    private DistributedLock theirs;

    LockLossPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
        mine = one.lock("orders");
        theirs = two.lock("orders");
    }

    private static Optional<Loss> next(Inbox<Loss> losses) {
        return losses.poll(Patience.deadline());
    }

    /** Waits until callbacks that were due before have run: those for one loss after another come in order of loss. */
    private void settle() {
        Inbox<Loss> fence = new Inbox<>();
        LockHandle held = one.lock("fence").acquire(Patience.deadline());
        held.onLost(fence);
        two.lock("fence").breakLock();
        assertThat(next(fence)).isPresent();
    }

    /** A client whose watches tell nothing. */
    private Store deaf() {
        return closing(new ForwardingStore(open()) {
            @Override
            public Watch watch(String directory, WatchOptions options, WatchListener listener) {
                return () -> {};
            }
        });
    }

    @Test
    void aBrokenLockBelongsToTheNextAndItsOldHolderCanDoNothingToIt() {
        LockHandle old = mine.acquire(Patience.deadline());
        assertThat(theirs.tryAcquire()).isEmpty();
        assertThat(theirs.breakLock()).isTrue();
        LockHandle next = theirs.acquire(Patience.deadline());
        assertThat(next.token()).isGreaterThan(old.token());
        assertThat(old.release()).isEqualTo(Release.ALREADY_LOST);
        old.close();
        assertThat(old.isValid()).isFalse();
        assertThat(member("three").lock("orders").tryAcquire()).isEmpty();
        assertThat(next.isValid()).isTrue();
        assertThat(next.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void aHolderLearnsOnceThatItsLockWasBroken() {
        LockHandle held = mine.acquire(Patience.deadline());
        Inbox<Loss> losses = new Inbox<>();
        held.onLost(losses);
        theirs.breakLock();
        assertThat(next(losses)).contains(Loss.TAKEN_AWAY);
        assertThat(held.isValid()).isFalse();
        theirs.breakLock();
        assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
        settle();
        assertThat(losses.drain()).isEmpty();
    }

    @Test
    void aHandleThatNobodyListensToTurnsInvalidToo() {
        LockHandle held = mine.acquire(Patience.deadline());
        theirs.breakLock();
        Patience.await("the handle is invalid").until(() -> !held.isValid());
    }

    @Test
    void aListenerThatComesAfterTheLossIsToldAtOnce() {
        LockHandle held = mine.acquire(Patience.deadline());
        theirs.breakLock();
        Patience.await("the handle is invalid").until(() -> !held.isValid());
        Inbox<Loss> losses = new Inbox<>();
        held.onLost(losses);
        assertThat(next(losses)).contains(Loss.TAKEN_AWAY);
    }

    @Test
    void aListenerThatThrowsOrWasCancelledKeepsNobodyElseFromBeingTold() {
        LockHandle held = mine.acquire(Patience.deadline());
        Inbox<Loss> cancelled = new Inbox<>();
        Inbox<Loss> losses = new Inbox<>();
        held.onLost(loss -> {
            throw new IllegalStateException("a listener that throws, as planned");
        });
        Cancellable listening = held.onLost(cancelled);
        held.onLost(losses);
        listening.cancel();
        listening.cancel();
        theirs.breakLock();
        assertThat(next(losses)).contains(Loss.TAKEN_AWAY);
        settle();
        assertThat(cancelled.drain()).isEmpty();
    }

    @Test
    void aReleaseIsNoLoss() {
        LockHandle held = mine.acquire(Patience.deadline());
        Inbox<Loss> losses = new Inbox<>();
        held.onLost(losses);
        held.release();
        held.onLost(losses);
        theirs.acquire(Patience.deadline());
        theirs.breakLock();
        settle();
        assertThat(losses.drain()).isEmpty();
    }

    @Test
    void whatNobodyHoldsCannotBeBrokenAndNeedNotBeWaitedFor() {
        assertThat(mine.breakLock()).isFalse();
        assertThat(mine.breakAndWait(Duration.ZERO)).isTrue();
        mine.acquire(Patience.deadline()).release();
        assertThat(theirs.breakLock()).isFalse();
    }

    @Test
    void breakingASharedLockTakesItFromAllWhoShareIt() {
        List<LockHandle> holders = List.of(
                mine.shared().acquire(Patience.deadline()), theirs.shared().acquire(Patience.deadline()));
        CompletableFuture<Optional<LockHandle>> waiting = theirs.acquireAsync(LONG);
        assertThat(member("three").lock("orders").breakLock()).isTrue();
        LockHandle alone = held(waiting);
        holders.forEach(holder -> {
            assertThat(holder.token()).isLessThan(alone.token());
            assertThat(holder.release()).isEqualTo(Release.ALREADY_LOST);
        });
        assertThat(alone.isValid()).isTrue();
    }

    @Test
    void breakingLeavesThoseWhoWaitInTheirOrder() {
        mine.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> first = theirs.acquireAsync(LONG);
        Patience.await("the first waits").until(() -> mine.requests().size() == 2);
        CompletableFuture<Optional<LockHandle>> second = mine.acquireAsync(LONG);
        Patience.await("the second waits").until(() -> mine.requests().size() == 3);
        assertThat(theirs.breakLock()).isTrue();
        LockHandle next = held(first);
        assertThat(second).isNotDone();
        next.release();
        held(second);
    }

    @Test
    void toBreakAndWaitAnswersOnceTheHolderHasStoppedBelieving() {
        for (int round = 0; round < 5; round++) {
            LockHandle held = mine.acquire(Patience.deadline());
            Inbox<Loss> losses = new Inbox<>();
            if (round % 2 == 0) {
                held.onLost(losses);
            }
            assertThat(theirs.breakAndWait(Patience.deadline())).isTrue();
            assertThat(held.isValid()).isFalse();
            held.onLost(losses);
            assertThat(next(losses)).contains(Loss.TAKEN_AWAY);
            assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
            theirs.acquire(Patience.deadline()).release();
        }
    }

    @Test
    void toBreakAndWaitLeavesTheLockToAHolderThatDoesNotHear() {
        LockHandle held =
                member("deaf", deaf(), options -> options).lock("orders").acquire(Patience.deadline());
        assertThat(theirs.breakAndWait(Duration.ofMillis(300))).isFalse();
        assertThat(held.isValid()).isTrue();
        assertThat(theirs.tryAcquire()).isEmpty();
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        assertThat(theirs.tryAcquire()).isPresent();
    }

    /** A member whose watch does not show the holder yet must not take that for the holder's being gone. */
    @Test
    void toBreakAndWaitIsNotFooledByAWatchThatLags() {
        CountingStore counting = new CountingStore(open());
        LaggingStore lagging = closing(new LaggingStore(counting));
        DistributedLock late = member("late", lagging, options -> options).lock("orders");
        LockHandle first =
                member("deaf", deaf(), options -> options).lock("orders").acquire(Patience.deadline());
        CompletableFuture<Boolean> breakingFirst = CompletableFuture.supplyAsync(() -> late.breakAndWait(LONG));
        Patience.await("the lock is followed").until(() -> counting.begunWatches.get() == 1);
        lagging.hold();
        first.release();
        LockHandle second = mine.acquire(Patience.deadline());
        CompletableFuture<Boolean> believing = CompletableFuture.supplyAsync(() -> late.breakAndWait(LONG))
                .thenApply(broken -> broken && second.isValid());
        Patience.await("the holder gives way").until(() -> !second.isValid() || believing.isDone());
        lagging.release();
        assertThat(join(breakingFirst)).isTrue();
        assertThat(join(believing))
                .as("whether the holder believed when the lock was broken")
                .isFalse();
    }

    @Test
    void aHolderWhoseSessionEndsStopsBelievingAndTheNextGetsTheLock() {
        LockHandle held = mine.acquire(Patience.deadline());
        Inbox<Loss> losses = new Inbox<>();
        held.onLost(losses);
        CompletableFuture<Optional<LockHandle>> waiting = theirs.acquireAsync(LONG);
        expire(one);
        LockHandle next = held(waiting);
        Patience.await("the old handle is invalid").until(() -> !held.isValid());
        assertThat(next(losses)).contains(Loss.SESSION_LOST);
        assertThat(next.token()).isGreaterThan(held.token());
        assertThat(held.release()).isEqualTo(Release.ALREADY_LOST);
        assertThat(next.release()).isEqualTo(Release.RELEASED);
        assertThat(losses.drain()).isEmpty();
    }

    @Test
    void anActionRunsOnlyWhileTheLockIsHeldAndTellsWhetherItWasThroughout() {
        LockHandle held = mine.acquire(Patience.deadline());
        AtomicInteger runs = new AtomicInteger();
        assertThat(held.ifValid(runs::incrementAndGet)).isTrue();
        assertThat(held.ifValid(() -> {
                    runs.incrementAndGet();
                    theirs.breakLock();
                    Patience.await("the handle is invalid").until(() -> !held.isValid());
                }))
                .isFalse();
        assertThat(held.ifValid(runs::incrementAndGet)).isFalse();
        assertThat(runs).hasValue(2);
        LockHandle released = mine.acquire(Patience.deadline());
        released.release();
        assertThat(released.ifValid(runs::incrementAndGet)).isFalse();
        assertThat(runs).hasValue(2);
    }

    @Test
    void tokensRiseFromHolderToHolderHoweverEachCameToLoseIt() {
        List<FencingToken> tokens = new ArrayList<>();
        for (int round = 0; round < 24; round++) {
            DistributedLock lock = round % 2 == 0 ? mine : theirs;
            LockHandle held = (round % 3 == 0 ? lock.shared() : lock).acquire(Patience.deadline());
            tokens.add(held.token());
            switch (round % 4) {
                case 0 -> assertThat(held.release()).isEqualTo(Release.RELEASED);
                case 1 -> held.close();
                case 2 -> assertThat(mine.breakLock()).isTrue();
                default -> assertThat(theirs.breakAndWait(Patience.deadline())).isTrue();
            }
        }
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }
}
