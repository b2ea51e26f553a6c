package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.fence.FencedDirectory;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.testkit.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many threads of many members at one lock. */
abstract class LockExclusionPromises extends RecipePromises {

    private static final int MEMBERS = 3;
    private static final int THREADS = 9;
    private static final int TURNS = 12;

    LockExclusionPromises(RecipeContract engine) {
        super(engine);
    }

    /** Gives others the time to come in where they should not. */
    private static void linger() {
        LockSupport.parkNanos(50_000);
    }

    @FunctionalInterface
    private interface Turn {
        void take(DistributedLock lock, Random random) throws Exception;
    }

    /** Threads of several members take turns, all at once. */
    private void compete(Turn turn) {
        List<Coordinator> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(member("member-" + i));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                DistributedLock lock = members.get(i % MEMBERS).lock("register");
                Random random = new Random(i);
                all.add(CompletableFuture.runAsync(() -> takeTurns(turn, lock, random), threads));
            }
            all.forEach(RecipePromises::join);
        } finally {
            threads.shutdownNow();
        }
        // An attempt that was cancelled, and the last release, may still be on their way to the store.
        Patience.await("a queue that all have left")
                .untilAsserted(() ->
                        assertThat(members.get(0).lock("register").requests()).isEmpty());
    }

    private static void takeTurns(Turn turn, DistributedLock lock, Random random) {
        for (int i = 0; i < TURNS; i++) {
            try {
                turn.take(lock, random);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void noTwoHoldersAreInsideAtOnceAndTheirTokensRise() {
        AtomicInteger inside = new AtomicInteger();
        List<FencingToken> tokens = Collections.synchronizedList(new ArrayList<>());
        int[] counter = new int[1];
        compete((lock, random) -> {
            try (LockHandle held = lock.acquire(Patience.deadline())) {
                assertThat(inside.incrementAndGet()).as("holders inside").isEqualTo(1);
                tokens.add(held.token());
                counter[0]++;
                linger();
                assertThat(held.isValid()).isTrue();
                inside.decrementAndGet();
            }
        });
        assertThat(counter[0]).isEqualTo(THREADS * TURNS);
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whoHoldsItAloneIsNeverInsideWithThoseWhoShareIt() {
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        compete((lock, random) -> {
            boolean reads = random.nextInt(3) > 0;
            try (LockHandle held = (reads ? lock.shared() : lock).acquire(Patience.deadline())) {
                (reads ? readers : writers).incrementAndGet();
                linger();
                if (reads) {
                    assertThat(writers).as("writers beside " + held).hasValue(0);
                } else {
                    assertThat(writers).as("writers beside " + held).hasValue(1);
                    assertThat(readers).as("readers beside " + held).hasValue(0);
                }
                (reads ? readers : writers).decrementAndGet();
            }
        });
    }

    @Test
    void attemptsThatGiveUpAtRandomLeaveNothingInTheWayOfOthers() {
        AtomicInteger inside = new AtomicInteger();
        compete((lock, random) -> {
            CompletableFuture<Optional<LockHandle>> attempt = lock.acquireAsync(Patience.deadline());
            if (random.nextInt(3) == 0 && attempt.cancel(false)) {
                return;
            }
            try (LockHandle held = held(attempt)) {
                assertThat(inside.incrementAndGet()).as("holders inside").isEqualTo(1);
                assertThat(held.isValid()).isTrue();
                inside.decrementAndGet();
            }
        });
        assertThat(list(directory("locks", "register")).entries()).isEmpty();
    }

    /** Somebody breaks the lock now and then: holders may overlap for a moment, what is recorded may not. */
    @Test
    void aFencedRegisterRefusesOldTokensWhateverTheirHoldersBelieve() {
        String register = namespace + "/register";
        AtomicInteger refused = new AtomicInteger();
        compete((lock, random) -> {
            LockHandle held = lock.acquire(Patience.deadline());
            if (random.nextInt(4) == 0) {
                lock.breakLock();
            }
            try {
                FencedDirectory own = FencedDirectory.stamp(store, register, held.token(), Patience.deadline());
                for (int i = 0; i < 3; i++) {
                    own.commit(commit ->
                            commit.append("r-", Bytes.utf8(held.token().toString())));
                    linger();
                }
            } catch (StaleToken late) {
                refused.incrementAndGet();
                assertThat(held.release())
                        .as("release of " + held + " after a later owner wrote")
                        .isEqualTo(Release.ALREADY_LOST);
            }
            held.close();
        });
        List<Long> recorded = list(register).entries().stream()
                .filter(entry -> entry.name().startsWith("r-"))
                .map(Entry::value)
                .map(value -> Long.valueOf(value.utf8()))
                .toList();
        assertThat(recorded).as(refused + " were refused").isSorted().hasSizeGreaterThan(THREADS);
    }
}
