package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.LockAcquireFailed;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockNotHeld;
import dev.muster.coordination.lock.MultiLock;
import dev.muster.store.InvalidArgument;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several locks together. */
abstract class MultiLockPromises extends RecipePromises {

    private Coordinator one;
    private Coordinator two;

    MultiLockPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
    }

    @Test
    void allAreHeldUntilTheyAreClosed() {
        try (MultiLock.Held held = one.locks("b", "a", "c").acquire(Patience.deadline())) {
            assertThat(held.isValid()).isTrue();
            assertThat(one.lockNames()).containsExactly("a", "b", "c");
            for (String name : List.of("a", "b", "c")) {
                assertThat(two.lock(name).tryAcquire()).isEmpty();
                assertThat(held.handle(name).lockName()).isEqualTo(name);
            }
        }
        assertThat(one.lockNames()).isEmpty();
    }

    @Test
    void whereOneIsNotFreeInTimeNoneIsHeld() {
        LockHandle taken = two.lock("b").acquire(Patience.deadline());
        assertThat(one.locks("c", "b", "a").tryAcquire(Duration.ofMillis(50))).isEmpty();
        assertThat(one.lockNames()).containsExactly("b");
        assertThatThrownBy(() -> one.locks("a", "b").acquire(Duration.ZERO))
                .isInstanceOf(LockAcquireFailed.class)
                .hasMessageContaining("a")
                .hasMessageContaining("b");
        assertThat(taken.isValid()).isTrue();
        taken.release();
        assertThat(one.locks("c", "b", "a").tryAcquire(Duration.ZERO)).isPresent();
    }

    @Test
    void oneThatBecomesFreeInTimeCompletesThem() {
        LockHandle taken = two.lock("b").acquire(Patience.deadline());
        CompletableFuture<Optional<MultiLock.Held>> waiting =
                CompletableFuture.supplyAsync(() -> one.locks("a", "b").tryAcquire(Patience.deadline()));
        Patience.await("b is waited for").until(() -> two.lock("b").requests().size() == 2);
        taken.release();
        assertThat(join(waiting).orElseThrow().isValid()).isTrue();
    }

    @Test
    void twoWhoWantTheSameInAnotherOrderNeverWaitForEachOther() {
        AtomicInteger inside = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (Coordinator member : List.of(one, two)) {
            String[] names = member == one ? new String[] {"x", "y", "z"} : new String[] {"z", "y", "x"};
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 25; i++) {
                    try (MultiLock.Held held = member.locks(names).acquire(Patience.deadline())) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        assertThat(held.isValid()).isTrue();
                        inside.decrementAndGet();
                    }
                }
            }));
        }
        threads.forEach(RecipePromises::join);
    }

    @Test
    void theyAreInvalidOnceOneIsLost() {
        MultiLock.Held held = one.locks("a", "b").acquire(Patience.deadline());
        two.lock("a").breakLock();
        Patience.await("one of them is lost").until(() -> !held.isValid());
        assertThat(held.handle("b").isValid()).isTrue();
        held.close();
        assertThat(one.lockNames()).isEmpty();
    }

    @Test
    void noNameANameTwiceOrAnUnknownHandleIsRefused() {
        assertThatThrownBy(one::locks).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> one.locks("a", "b", "a")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> one.locks("a", "/")).isInstanceOf(InvalidArgument.class);
        try (MultiLock.Held held = one.locks("a").acquire(Patience.deadline())) {
            assertThatThrownBy(() -> held.handle("b"))
                    .isInstanceOf(LockNotHeld.class)
                    .hasMessageContaining("b");
        }
    }
}
