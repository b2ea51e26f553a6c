package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.NotSupported;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.TimeoutException;
import dev.muster.store.Trait;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Starting, being started, and what the options ask for. */
abstract class CoordinatorPromises extends RecipePromises {

    CoordinatorPromises(RecipeContract engine) {
        super(engine);
    }

    private Coordinator unstarted() {
        return closing(over("one", open(), UnaryOperator.identity()));
    }

    @Test
    void itIsStartedByStartAndStoppedByCloseAndCanBeStartedAgain() {
        Coordinator coordinator = unstarted();
        for (int round = 0; round < 3; round++) {
            assertThat(coordinator.isStarted()).isFalse();
            assertThat(coordinator.start()).isSameAs(coordinator);
            assertThat(coordinator.isStarted()).isTrue();
            assertThat(coordinator.session().state()).isEqualTo(Session.State.CONNECTED);
            assertThat(coordinator.lock("l").tryAcquire()).isPresent();
            coordinator.close();
        }
    }

    @Test
    void toStartWhatIsStartedDoesNothing() {
        Coordinator coordinator = member("one");
        Session session = coordinator.session();
        LockHandle held = coordinator.lock("l").acquire(Patience.deadline());
        coordinator.start();
        assertThat(coordinator.session()).isSameAs(session);
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void manyThreadsThatStartItOpenOneSession() {
        Coordinator coordinator = unstarted();
        List<CompletableFuture<Session>> sessions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sessions.add(CompletableFuture.supplyAsync(() -> coordinator.start().session()));
        }
        assertThat(sessions.stream().map(RecipePromises::join).distinct()).hasSize(1);
    }

    @Test
    void toCloseWhatNeverStartedDoesNothing() {
        Coordinator coordinator = unstarted();
        coordinator.close();
        coordinator.close();
        assertThat(coordinator.isStarted()).isFalse();
        assertThat(coordinator.start().isStarted()).isTrue();
    }

    @Test
    void whatIsNotStartedSaysSoAtEveryCall() {
        Coordinator coordinator = unstarted();
        List<Consumer<Coordinator>> calls = List.of(
                c -> c.lock("l"),
                c -> c.locks("l"),
                c -> c.group("g"),
                c -> c.election("e"),
                c -> c.partition("p", PartitionOptions.DEFAULT),
                Coordinator::groups,
                Coordinator::lockNames,
                Coordinator::session,
                Coordinator::store);
        for (Consumer<Coordinator> call : calls) {
            assertThatThrownBy(() -> call.accept(coordinator))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("one")
                    .hasMessageContaining("start()");
        }
    }

    @Test
    void aStoreThatCannotBeReachedIsToldAsAConnectionFailure() {
        String url = engine.unreachableUrl();
        if (!promises(Trait.DISTRIBUTED_ACROSS_HOSTS)) {
            assertThat(member("one").isStarted()).isTrue();
            isHeldToLess("has no server that could be out of reach");
            return;
        }
        assumeFalse(url.isEmpty(), "no address of the engine " + store.engine() + " is known to be unreachable");
        Coordinator coordinator = Coordinator.over(
                url,
                CoordinatorOptions.member("one")
                        .operationTimeout(Duration.ofSeconds(3))
                        .build());
        long begun = System.nanoTime();
        assertThatThrownBy(coordinator::start).isInstanceOfAny(ConnectionException.class, TimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Patience.scaled(Duration.ofSeconds(8)));
        assertThat(coordinator.isStarted()).isFalse();
    }

    @Test
    void whatTheStoreDoesNotPromiseIsRefusedByNameAtTheStart() {
        Set<Trait> missing = EnumSet.allOf(Trait.class);
        missing.removeAll(store.traits());
        for (Trait trait : missing) {
            Coordinator coordinator = over("one", open(), options -> options.requires(trait));
            assertThatThrownBy(coordinator::start)
                    .isInstanceOf(NotSupported.class)
                    .hasMessageContaining(store.engine())
                    .hasMessageContaining(trait.name())
                    .hasMessageContaining("one");
            assertThat(coordinator.isStarted()).isFalse();
        }
        Trait[] promised = store.traits().toArray(Trait[]::new);
        assertThat(member("two", options -> options.requires(promised)).isStarted())
                .isTrue();
    }

    @Test
    void allFaultsOfTheOptionsAreToldAtOnce() {
        assertThatThrownBy(() -> CoordinatorOptions.member("a/b")
                        .namespace("x//y")
                        .operationTimeout(Duration.ZERO)
                        .build())
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("member id")
                .hasMessageContaining("path")
                .hasMessageContaining("operation timeout");
    }

    @Test
    void membersOfDifferentNamespacesDoNotMeet() {
        Coordinator here = member("one");
        Coordinator there = member("two", options -> options.namespace(namespace + "/other"));
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        assertThat(there.lock("l").tryAcquire()).isPresent();
        here.group("g").create();
        assertThat(there.groups()).isEmpty();
        assertThat(there.lockNames()).containsExactly("l");
        assertThat(held.isValid()).isTrue();
    }

    @Test
    void itsSessionIsKeptAliveWithoutAnybodyCallingAnything() {
        Coordinator coordinator = member("one", options -> options.sessionTimeout(briefSession()));
        LockHandle held = coordinator.lock("l").acquire(Patience.deadline());
        coordinator.group("g").joinOrCreate(Capabilities.NONE);
        Session session = coordinator.session();
        boolean beating = !promises(Trait.NON_TIMEOUT_BASED);
        Duration twice = beating ? session.timeout().multipliedBy(2) : Duration.ofSeconds(2);
        long until = System.nanoTime() + twice.toNanos();
        Patience.await("the session outlives its time-out twice", twice.multipliedBy(3))
                .until(() -> System.nanoTime() - until > 0);
        assertThat(held.isValid()).isTrue();
        assertThat(session.state()).isEqualTo(Session.State.CONNECTED);
        assertThat(session.timeout().isZero()).isEqualTo(!beating);
        assertThat(session.heartbeats() > 0).isEqualTo(beating);
        assertThat(member("two").lock("l").tryAcquire()).isEmpty();
        coordinator.close();
        long beats = session.heartbeats();
        member("three").lock("l").acquire(Patience.deadline());
        assertThat(session.heartbeats()).isEqualTo(beats);
        assertThat(session.state()).isEqualTo(Session.State.CLOSED);
    }

    @Test
    void everyCallEndsInTimeWithAMusterErrorWhereTheStoreDoesNotAnswer() {
        StallingStore stalling = closing(new StallingStore(open()));
        Duration allowed = Duration.ofMillis(150);
        Coordinator coordinator = member("one", stalling, options -> options.operationTimeout(allowed));
        LockHandle held = coordinator.lock("held").acquire(Patience.deadline());
        Membership membership = coordinator.group("g").joinOrCreate(Capabilities.NONE);
        stalling.stall();
        Map<String, Runnable> calls = new LinkedHashMap<>();
        calls.put("acquire", () -> coordinator.lock("l").tryAcquire(Duration.ofMillis(50)));
        calls.put("acquire several", () -> coordinator.locks("l", "m").tryAcquire(Duration.ofMillis(50)));
        calls.put("break", () -> coordinator.lock("l").breakLock());
        calls.put("break and wait", () -> coordinator.lock("l").breakAndWait(Duration.ofMillis(50)));
        calls.put("requests", () -> coordinator.lock("l").requests());
        calls.put("release", held::release);
        calls.put("create", () -> coordinator.group("h").create());
        calls.put("delete", () -> coordinator.group("h").delete());
        calls.put("join", () -> coordinator.group("h").join(Capabilities.NONE));
        calls.put("join or create", () -> coordinator.group("h").joinOrCreate(Capabilities.NONE));
        calls.put("members", () -> coordinator.group("h").members());
        calls.put("watch", () -> coordinator.group("h").watch(event -> {}));
        calls.put("expel", () -> coordinator.group("h").expel("one"));
        calls.put("update", () -> membership.update(Capabilities.of(1)));
        calls.put("groups", coordinator::groups);
        calls.put("leader", () -> coordinator.election("e").leader());
        calls.put("partition", () -> coordinator.partition("p", PartitionOptions.DEFAULT));
        Coordinator another = over("two", stalling, options -> options.operationTimeout(allowed));
        calls.put("start", another::start);
        calls.forEach((what, call) -> {
            long begun = System.nanoTime();
            assertThatThrownBy(call::run).as(what).isInstanceOf(MusterException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as(what)
                    .isLessThan(Patience.scaled(allowed.multipliedBy(2).plusSeconds(1)));
        });
        assertThatThrownBy(() -> coordinator.group("h").create())
                .as("a commit that may yet be applied")
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void whoListensIsToldOfTheEndAndNoMoreOnceItDoesNot() {
        Coordinator coordinator = member("one");
        Inbox<Session.State> states = new Inbox<>();
        Inbox<Session.State> cancelled = new Inbox<>();
        coordinator.listen(cancelled::accept).cancel();
        coordinator.listen(states::accept);
        coordinator.close();
        assertThat(states.poll(Patience.deadline())).contains(Session.State.CLOSED);
        assertThat(cancelled.drain()).isEmpty();
    }

    @Test
    void itsMembersAndStoreAreKnown() {
        Coordinator coordinator = member("Grüße-1");
        assertThat(coordinator.memberId()).isEqualTo("Grüße-1");
        assertThat(coordinator.store().engine()).isEqualTo(store.engine());
        assertThatCode(coordinator::toString).doesNotThrowAnyException();
        assertThat(coordinator.group("g").joinOrCreate(Capabilities.NONE).memberId())
                .isEqualTo("Grüße-1");
        assertThat(coordinator.group("g").members()).extracting(Member::id).containsExactly("Grüße-1");
    }
}
