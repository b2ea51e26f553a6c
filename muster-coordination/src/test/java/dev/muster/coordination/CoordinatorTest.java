package dev.muster.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoordinatorTest {

    private final MemoryStore store = MemoryStore.create();
    private final Coordinator one =
            Coordinator.over(store, CoordinatorOptions.member("one").build()).start();
    private final Coordinator two = Coordinator.over(
                    store, CoordinatorOptions.member("two").rejoin(true).build())
            .start();

    @AfterEach
    void close() {
        one.close();
        two.close();
        store.close();
    }

    @Test
    void aLockIsHandedOnAndBroken() throws Exception {
        LockHandle held = one.lock("a").acquire(Duration.ofSeconds(1));
        assertThat(two.lock("a").tryAcquire()).isEmpty();
        assertThat(two.lock("a").tryAcquire(Duration.ofMillis(50))).isEmpty();
        CompletableFuture<Optional<LockHandle>> waiting = two.lock("a").acquireAsync(Duration.ofSeconds(5));
        assertThat(one.lock("a").requests()).hasSize(2);
        assertThat(held.release()).isEqualTo(Release.RELEASED);
        LockHandle next = waiting.get().orElseThrow();
        assertThat(next.token()).isGreaterThan(held.token());
        CompletableFuture<Loss> loss = new CompletableFuture<>();
        next.onLost(loss::complete);
        assertThat(one.lock("a").breakLock()).isTrue();
        assertThat(loss.get()).isEqualTo(Loss.TAKEN_AWAY);
        assertThat(next.release()).isEqualTo(Release.ALREADY_LOST);
        LockHandle polite = two.lock("a").acquire(Duration.ofSeconds(1));
        assertThat(one.lock("a").breakAndWait(Duration.ofSeconds(5))).isTrue();
        assertThat(polite.isValid()).isFalse();
    }

    @Test
    void aGroupTellsWhoComesAndGoes() {
        one.group("g").create();
        List<GroupEvent> events = new CopyOnWriteArrayList<>();
        one.group("g").watch(events::add);
        Membership membership = two.group("g").join(Capabilities.of(Map.of("weight", 3)));
        membership.update(now -> now.with("x", List.of(1.5, true)));
        assertThat(one.group("g").member("two").capabilities()).isEqualTo(membership.capabilities());
        await().until(() -> events.size() == 2);
        store.expire(two.session());
        await().until(() -> events.size() == 4);
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Joined", "Updated", "Left", "Joined");
        assertThat(one.groups()).containsExactly("g");
    }

    @Test
    void leadershipMovesByHandOverResignationAndLoss() {
        List<Leadership> ones = new CopyOnWriteArrayList<>();
        List<Leadership> twos = new CopyOnWriteArrayList<>();
        Candidacy first = one.election("e").run(ones::add);
        await().until(() -> ones.size() == 1);
        Candidacy second = two.election("e").run(twos::add);
        await().until(() -> ones.get(0).handOver("two"));
        await().until(() -> twos.size() == 1);
        assertThat(ones.get(0).isValid()).isFalse();
        twos.get(0).release();
        await().until(() -> ones.size() == 2);
        assertThat(one.election("e").leader().orElseThrow().memberId()).isEqualTo("one");
        first.close();
        await().until(() -> twos.size() == 2);
        store.expire(two.session());
        await().until(() -> twos.size() == 3);
        second.close();
        assertThat(one.election("e").leader()).isEmpty();
    }
}
