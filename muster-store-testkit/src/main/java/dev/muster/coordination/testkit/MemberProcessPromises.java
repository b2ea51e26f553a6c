package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Leader;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Trait;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Members in processes of their own, some of which are killed or stopped. */
abstract class MemberProcessPromises extends RecipePromises {

    /** How long the entries of a killed process may stay where its end is noticed at once, and some for the machine. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    private Coordinator here;

    MemberProcessPromises(RecipeContract engine) {
        super(engine);
    }

    /** An engine for the threads of one process is held to that instead: another process shares nothing with it. */
    @RegisterExtension
    final InvocationInterceptor less = new InvocationInterceptor() {
        @Override
        public void interceptTestMethod(
                Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
                throws Throwable {
            if (promises(Trait.DISTRIBUTED_ACROSS_PROCESSES)) {
                test.proceed();
                return;
            }
            test.skip();
            assertThatAProcessSharesNothing();
            isHeldToLess("joins the threads of one process");
        }
    };

    @BeforeEach
    void startMember() {
        here = member("here");
    }

    private void assertThatAProcessSharesNothing() {
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        here.group("g").joinOrCreate(Capabilities.NONE);
        ChildProcess there = process("there");
        token(there.ask("acquire l 0"));
        token(there.ask("join g"));
        token(there.ask("lead e"));
        assertThat(here.lock("l").requests()).hasSize(1);
        assertThat(here.group("g").members()).hasSize(1);
        assertThat(here.election("e").leader()).isEmpty();
        there.kill();
        assertThat(held.isValid()).isTrue();
    }

    private ChildProcess process(String id) {
        return closing(RecipeWorker.start(engine.url(), namespace, id, briefSession()));
    }

    private boolean endsWithItsProcess() {
        return store.traits().contains(Trait.NON_TIMEOUT_BASED);
    }

    /** How long it may take until what a killed process owned is free. */
    private Duration takeOver() {
        return endsWithItsProcess() ? NOTICED : briefSession().multipliedBy(2).plus(NOTICED);
    }

    private static FencingToken token(String answer) {
        assertThat(answer).as("the token that a process answers").matches("\\d+");
        return new FencingToken(Long.parseLong(answer));
    }

    @Test
    void aProcessCannotAcquireWhatAnotherHolds() {
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        ChildProcess there = process("there");
        assertThat(there.ask("acquire l 0")).isEqualTo("busy");
        assertThat(there.ask("acquire l 50")).isEqualTo("busy");
        assertThat(held.isValid()).isTrue();
        assertThat(here.lock("l").requests()).hasSize(1);
    }

    @Test
    void aProcessCanAcquireWhatAnotherHasReleased() {
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        held.release();
        ChildProcess there = process("there");
        assertThat(token(there.ask("acquire l 0"))).isGreaterThan(held.token());
        assertThat(here.lock("l").tryAcquire()).isEmpty();
        assertThat(there.ask("release")).isEqualTo("RELEASED");
        assertThat(here.lock("l").tryAcquire()).isPresent();
    }

    @Test
    void aReleaseInOneProcessWakesAWaiterInAnother() {
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        ChildProcess there = process("there");
        there.send("acquire l 8000");
        Patience.await("the process waits")
                .until(() -> here.lock("l").requests().size() == 2);
        held.release();
        assertThat(token(there.answer())).isGreaterThan(held.token());
    }

    @Test
    void theLockOfAKilledHolderGoesToWhoWaits() {
        ChildProcess there = process("there");
        FencingToken token = token(there.ask("acquire l 0"));
        CompletableFuture<Optional<LockHandle>> waiting = here.lock("l").acquireAsync(LONG);
        Patience.await("it waits").until(() -> here.lock("l").requests().size() == 2);
        there.kill();
        Patience.await("the lock of the killed process is free", takeOver()).until(waiting::isDone);
        assertThat(held(waiting).token()).isGreaterThan(token);
    }

    @Test
    void aKilledWaiterIsNotInTheWayOfThoseBehindIt() {
        LockHandle held = here.lock("l").acquire(Patience.deadline());
        ChildProcess there = process("there");
        there.send("acquire l 8000");
        Patience.await("the process waits")
                .until(() -> here.lock("l").requests().size() == 2);
        CompletableFuture<Optional<LockHandle>> behind = here.lock("l").acquireAsync(LONG);
        there.kill();
        held.release();
        Patience.await("the one behind gets it", takeOver()).until(behind::isDone);
        assertThat(held(behind).isValid()).isTrue();
    }

    @Test
    void aStoppedHolderKeepsItsLockOrKnowsThatItHasLostIt() {
        ChildProcess there = process("there");
        FencingToken token = token(there.ask("acquire l 0"));
        there.stop();
        CompletableFuture<Optional<LockHandle>> waiting =
                here.lock("l").acquireAsync(Patience.scaled(takeOver().multipliedBy(2)));
        if (endsWithItsProcess()) {
            assertThat(here.lock("l").tryAcquire(Duration.ofMillis(200))).isEmpty();
            there.resume();
            assertThat(there.ask("valid")).isEqualTo("true");
            assertThat(there.ask("release")).isEqualTo("RELEASED");
        }
        Patience.await("the waiter has an answer", takeOver().multipliedBy(3)).until(waiting::isDone);
        Optional<LockHandle> next = waiting.join();
        if (!endsWithItsProcess()) {
            there.resume();
            assertThat(there.ask("valid")).isEqualTo(Boolean.toString(next.isEmpty()));
        }
        next.ifPresent(handle -> assertThat(handle.token()).isGreaterThan(token));
    }

    @Test
    void aKilledMemberLeavesItsGroupAndThatIsToldOnce() {
        Group group = here.group("g");
        ChildProcess there = process("there");
        FencingToken token = token(there.ask("join g"));
        assertThat(group.member("there").incarnation()).isEqualTo(token.value());
        assertThat(group.member("there").capabilities()).isEqualTo(Capabilities.of("child"));
        Inbox<GroupEvent> told = new Inbox<>();
        group.watch(told);
        there.kill();
        GroupEvent event = told.poll(Patience.scaled(takeOver()))
                .orElseThrow(() -> new AssertionError("nothing was told of the killed member"));
        assertThat(event)
                .isInstanceOfSatisfying(
                        GroupEvent.Left.class,
                        left -> assertThat(left.member().incarnation()).isEqualTo(token.value()));
        assertThat(group.members()).isEmpty();
        group.join(Capabilities.NONE);
        assertThat(told.poll(Patience.deadline())).containsInstanceOf(GroupEvent.Joined.class);
    }

    @Test
    void theOfficeOfAKilledLeaderGoesToTheNextAndNothingOfItIsLeft() {
        ChildProcess there = process("there");
        FencingToken token = token(there.ask("lead e"));
        Inbox<Leadership> elected = new Inbox<>();
        here.election("e").run(elected);
        assertThat(here.election("e").leader()).contains(new Leader("there", token));
        there.kill();
        Leadership next = elected.poll(Patience.scaled(takeOver()))
                .orElseThrow(() -> new AssertionError("nobody followed the killed leader"));
        assertThat(next.token()).isGreaterThan(token);
        here.close();
        Patience.await("nothing is left of the election")
                .until(() -> directories(store).isEmpty());
    }

    @Test
    void aProcessThatEndsAsItShouldLeavesNothingBehind() {
        ChildProcess there = process("there");
        token(there.ask("acquire l 0"));
        token(there.ask("lead e"));
        assertThat(there.end()).isZero();
        assertThat(here.lock("l").tryAcquire()).isPresent();
        assertThat(here.election("e").leader()).isEmpty();
    }

    @Test
    void processesThatCountUnderALockLoseNoCount(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("count"), "0");
        List<ChildProcess> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(process("counter-" + i));
        }
        processes.forEach(counter -> counter.send("count l " + file + " 40"));
        processes.forEach(counter -> assertThat(counter.answer()).isEqualTo("done"));
        assertThat(Files.readString(file)).isEqualTo("120");
    }
}
