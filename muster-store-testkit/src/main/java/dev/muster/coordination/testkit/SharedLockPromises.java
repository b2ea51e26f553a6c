package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockMode;
import dev.muster.coordination.lock.LockRequest;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.testkit.Patience;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holding a lock together with others. */
abstract class SharedLockPromises extends RecipePromises {

    private DistributedLock mine;
    private DistributedLock theirs;

    SharedLockPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        mine = member("one").lock("orders");
        theirs = member("two").lock("orders");
    }

    private CompletableFuture<Optional<LockHandle>> queue(DistributedLock lock) {
        int before = mine.requests().size();
        CompletableFuture<Optional<LockHandle>> waiting = lock.acquireAsync(LONG);
        Patience.await("a request more is listed").until(() -> mine.requests().size() == before + 1);
        return waiting;
    }

    @Test
    void aSharedLockIsAcquiredReleasedAndUsableAsAScope() {
        LockHandle held = mine.shared().tryAcquire().orElseThrow();
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        try (LockHandle scoped = mine.shared().acquire(Patience.deadline())) {
            assertThat(scoped.isValid()).isTrue();
            assertThat(scoped.mode()).isEqualTo(LockMode.SHARED);
        }
    }

    @Test
    void acquiredTwiceInSharedModeItIsHeldByTwoHandlesThatAreReleasedEach() {
        DistributedLock shared = mine.shared();
        LockHandle first = shared.tryAcquire().orElseThrow();
        LockHandle second = shared.tryAcquire().orElseThrow();
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(first.release()).isEqualTo(Release.RELEASED);
        assertThat(theirs.tryAcquire()).isEmpty();
        assertThat(second.release()).isEqualTo(Release.RELEASED);
        assertThat(first.release()).isEqualTo(Release.ALREADY_LOST);
        try (LockHandle alone = theirs.acquire(Patience.deadline())) {
            assertThat(alone.isValid()).isTrue();
        }
    }

    @Test
    void twoMembersHoldItTogether() {
        LockHandle first = mine.shared().tryAcquire().orElseThrow();
        LockHandle second = theirs.shared().tryAcquire().orElseThrow();
        assertThat(mine.requests()).allMatch(LockRequest::isHolder);
        assertThat(first.isValid() && second.isValid()).isTrue();
        assertThat(first.release()).isEqualTo(Release.RELEASED);
        assertThat(second.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    void whileItIsSharedNobodyHasItAlone() {
        LockHandle shared = mine.shared().acquire(Patience.deadline());
        assertThat(theirs.tryAcquire()).isEmpty();
        assertThat(mine.tryAcquire()).isEmpty();
        assertThat(shared.isValid()).isTrue();
        assertThat(shared.release()).isEqualTo(Release.RELEASED);
        assertThat(theirs.tryAcquire()).isPresent();
    }

    @Test
    void whileOneHasItAloneNobodySharesIt() {
        LockHandle alone = mine.acquire(Patience.deadline());
        assertThat(theirs.shared().tryAcquire()).isEmpty();
        assertThat(mine.shared().tryAcquire()).isEmpty();
        assertThat(alone.isValid()).isTrue();
        assertThat(alone.release()).isEqualTo(Release.RELEASED);
        assertThat(theirs.shared().tryAcquire()).isPresent();
    }

    @Test
    void whoWantsItAloneIsNotOvertakenByThoseWhoShare() {
        LockHandle shared = mine.shared().acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> alone = queue(theirs);
        assertThat(mine.shared().tryAcquire()).isEmpty();
        CompletableFuture<Optional<LockHandle>> late = queue(mine.shared());
        shared.release();
        LockHandle writer = held(alone);
        assertThat(late).isNotDone();
        writer.release();
        assertThat(held(late).token()).isGreaterThan(writer.token());
    }

    @Test
    void allSharedRequestsUpToTheNextExclusiveOneGetInTogether() {
        LockHandle first = mine.acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> readerA = queue(mine.shared());
        CompletableFuture<Optional<LockHandle>> readerB = queue(theirs.shared());
        CompletableFuture<Optional<LockHandle>> writer = queue(theirs);
        CompletableFuture<Optional<LockHandle>> lateReader = queue(mine.shared());
        first.release();
        LockHandle a = held(readerA);
        LockHandle b = held(readerB);
        assertThat(writer).isNotDone();
        a.release();
        assertThat(theirs.shared().tryAcquire()).isEmpty();
        assertThat(writer).isNotDone();
        b.release();
        LockHandle alone = held(writer);
        assertThat(lateReader).isNotDone();
        alone.release();
        held(lateReader);
    }

    @Test
    void whenAWaitingExclusiveRequestIsGivenUpTheSharedOnesBehindItGetIn() {
        LockHandle shared = mine.shared().acquire(Patience.deadline());
        CompletableFuture<Optional<LockHandle>> writer = queue(theirs);
        CompletableFuture<Optional<LockHandle>> reader = queue(mine.shared());
        writer.cancel(false);
        assertThat(held(reader).isValid()).isTrue();
        assertThat(shared.isValid()).isTrue();
    }

    @Test
    void whenAWaitingExclusiveRequestEndsWithItsSessionTheSharedOnesBehindItGetIn() {
        Coordinator third = member("three");
        mine.shared().acquire(Patience.deadline());
        queue(third.lock("orders"));
        CompletableFuture<Optional<LockHandle>> reader = queue(theirs.shared());
        expire(third);
        assertThat(held(reader).isValid()).isTrue();
    }
}
