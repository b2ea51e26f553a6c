package dev.muster.coordination.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockMode;
import dev.muster.coordination.simulation.Fleet.Member;
import dev.muster.store.Await;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.simulation.Fault;
import dev.muster.store.simulation.Seeds;
import dev.muster.store.simulation.Simulation;
import dev.muster.store.simulation.SimulationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holders exclude each other, their tokens rise, and every waiter gets its turn or its time-out, whatever goes wrong. */
class LockSimulationTest {

    private static final int MEMBERS = 4;
    private static final int TURNS = 4;

    /** Longer than all that may go wrong, added up: who waits so long in vain was forgotten. */
    private static final Duration LONG = Duration.ofMinutes(8);

    private static final Duration SHORT = Duration.ofSeconds(10);

    @Test
    void holdersExcludeEachOtherAndNoWaiterIsForgotten() {
        Seeds.count(700).with(Fleet.FAULTS).forEach(simulation -> takeTurns(simulation, UnaryOperator.identity()));
    }

    @Test
    void holdersExcludeEachOtherThoughAllDataBeLost() {
        Seeds.count(150).with(Fleet.WIPES).forEach(simulation -> takeTurns(simulation, UnaryOperator.identity()));
    }

    @Test
    @Tag("slow")
    void holdersExcludeEachOtherInAHundredThousandRuns() {
        Seeds.count(100_000).with(Fleet.FAULTS).forEach(simulation -> takeTurns(simulation, UnaryOperator.identity()));
    }

    @Test
    void whoBreaksALockAndWaitsFindsNobodyWhoBelieves() {
        Seeds.count(300).with(Fleet.FAULTS).forEach(simulation -> breakAndWait(simulation, UnaryOperator.identity()));
    }

    @Test
    @Tag("slow")
    void whoBreaksALockAndWaitsFindsNobodyWhoBelievesInAHundredThousandRuns() {
        Seeds.count(100_000)
                .with(Fleet.FAULTS)
                .forEach(simulation -> breakAndWait(simulation, UnaryOperator.identity()));
    }

    @Test
    void thatSessionsEndBeforeTheirOwnersKnowIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS.with(Fault.EARLY_EXPIRY, 0.1))
                        .forEach(simulation -> takeTurns(simulation, UnaryOperator.identity())))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("holders exclude each other");
    }

    @Test
    void thatWatchesDoNotTellOfAReleaseIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS)
                        .forEach(simulation -> takeTurns(simulation, Fleet::deafToRemovals)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("a waiter was forgotten");
    }

    private static void takeTurns(Simulation simulation, UnaryOperator<Store> fault) {
        Holders holders = new Holders();
        simulation.always("holders exclude each other", holders::areCompatible);
        Fleet fleet = new Fleet(simulation, fault);
        for (int i = 0; i < MEMBERS; i++) {
            fleet.spawn(
                    "m" + i,
                    options -> options.rejoin(true),
                    member -> turns(fleet, member, holders, TURNS).thenCompose(done -> member.close()));
        }
        fleet.await();
        simulation.pass(Duration.ofMinutes(2));
        assertThat(simulation.server().holds("muster/locks/l").entries())
                .as("requests left behind")
                .isEmpty();
    }

    private static CompletableFuture<Void> turns(Fleet fleet, Member member, Holders holders, int left) {
        if (left == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return member.later(member.moment(SHORT), () -> turn(fleet, member, holders))
                .thenCompose(done -> turns(fleet, member, holders, left - (done ? 1 : 0)));
    }

    /** Answers whether the turn counts: an attempt that failed with the store does not. */
    private static CompletableFuture<Boolean> turn(Fleet fleet, Member member, Holders holders) {
        boolean patient = fleet.random().chance(0.5);
        Duration timeout = patient ? LONG : fleet.moment(SHORT);
        boolean cancels = fleet.random().chance(0.1);
        CompletableFuture<Optional<LockHandle>> attempt;
        try {
            DistributedLock lock = member.coordinator.lock("l");
            attempt = (fleet.random().chance(0.3) ? lock.shared() : lock).acquireAsync(timeout);
        } catch (MusterException betweenTwoSessions) {
            return CompletableFuture.completedFuture(false);
        }
        if (cancels) {
            CompletableFuture<Optional<LockHandle>> cancelled = attempt;
            member.later(fleet.moment(SHORT), () -> {
                cancelled.cancel(false);
                return CompletableFuture.completedFuture(null);
            });
        }
        return attempt.handle((handle, failure) -> {
                    if (failure != null) {
                        Throwable cause = Await.cause(failure);
                        if (!(cause instanceof MusterException) && !attempt.isCancelled()) {
                            throw new AssertionError("an attempt failed otherwise", cause);
                        }
                        return CompletableFuture.completedFuture(false);
                    }
                    if (handle.isEmpty()) {
                        assertThat(timeout).as("a waiter was forgotten").isLessThan(LONG);
                        return CompletableFuture.completedFuture(true);
                    }
                    return hold(fleet, member, holders, handle.get());
                })
                .thenCompose(done -> done);
    }

    private static CompletableFuture<Boolean> hold(Fleet fleet, Member member, Holders holders, LockHandle handle) {
        holders.add(handle);
        return member.later(fleet.moment(SHORT), () -> {
            CompletableFuture<?> released = handle.releaseAsync();
            assertThat(handle.isValid()).isFalse();
            return released.handle((done, failure) -> true);
        });
    }

    private static void breakAndWait(Simulation simulation, UnaryOperator<Store> fault) {
        Holders holders = new Holders();
        simulation.always("holders exclude each other", holders::areCompatible);
        Fleet fleet = new Fleet(simulation, fault);
        for (int i = 0; i < 2; i++) {
            fleet.spawn(
                    "m" + i,
                    options -> options.rejoin(true),
                    member -> turns(fleet, member, holders, TURNS).thenCompose(done -> member.close()));
        }
        fleet.spawn(
                "breaker",
                options -> options.rejoin(true),
                member -> breaks(member, holders, TURNS).thenCompose(done -> member.close()));
        fleet.await();
    }

    private static CompletableFuture<Void> breaks(Member member, Holders holders, int left) {
        if (left == 0) {
            return CompletableFuture.completedFuture(null);
        }
        List<LockHandle> present = new ArrayList<>();
        return member.later(
                        member.moment(SHORT),
                        () -> member.again(() -> {
                            present.clear();
                            present.addAll(holders.valid());
                            return member.coordinator.lock("l").breakAndWaitAsync(SHORT);
                        }))
                .thenCompose(broken -> {
                    if (broken) {
                        assertThat(present).as("who held it when it was broken").noneMatch(LockHandle::isValid);
                    }
                    return breaks(member, holders, left - 1);
                });
    }

    /** All handles that were ever handed out, and what must hold between them. */
    private static final class Holders {

        private final List<LockHandle> handles = new ArrayList<>();
        private long lastExclusive;
        private long last;

        void add(LockHandle handle) {
            if (!handle.isValid()) {
                return;
            }
            long token = handle.token().value();
            boolean exclusive = handle.mode() == LockMode.EXCLUSIVE;
            assertThat(token).as("the token of " + handle).isGreaterThan(exclusive ? last : lastExclusive);
            last = Math.max(last, token);
            lastExclusive = exclusive ? token : lastExclusive;
            handles.add(handle);
        }

        List<LockHandle> valid() {
            handles.removeIf(handle -> !handle.isValid());
            return List.copyOf(handles);
        }

        boolean areCompatible() {
            int valid = 0;
            boolean exclusive = false;
            for (LockHandle handle : handles) {
                if (handle.isValid()) {
                    valid++;
                    exclusive |= handle.mode() == LockMode.EXCLUSIVE;
                }
            }
            return valid <= 1 || !exclusive;
        }
    }
}
