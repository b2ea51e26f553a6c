package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.Session;
import dev.muster.store.Session.State;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a scenario can do by hand. */
class SimulationTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Simulation simulation = new Simulation(7, Faults.NONE);

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void minutesPassInNoTime() {
        long before = simulation.process("a").scheduler().nanoTime();
        simulation.pass(Duration.ofMinutes(10));
        assertThat(simulation.now()).isEqualTo(Duration.ofMinutes(10));
        assertThat(simulation.process("a").scheduler().nanoTime() - before)
                .isEqualTo(Duration.ofMinutes(10).toNanos());
    }

    @Test
    void whatOneStoreCommitsAnotherLists() {
        Store one = simulation.connect("a");
        Store other = simulation.connect("b");
        one.commit(Commit.in("d").put("x", Bytes.EMPTY).build(), SECOND);
        assertThat(other.list("d", SECOND).names()).containsExactly("x");
        assertThat(simulation.await(other.directories(""))).containsExactly("d");
    }

    @Test
    void aPausedProcessDoesAllAtOnceAfterwards() {
        List<Duration> ran = new ArrayList<>();
        SimulatedProcess process = simulation.process("a");
        for (int i = 0; i < 5; i++) {
            process.scheduler().after(SECOND.multipliedBy(i), () -> ran.add(simulation.now()));
        }
        process.pause(Duration.ofSeconds(10));
        assertThat(process.isRunning()).isFalse();
        simulation.pass(Duration.ofSeconds(11));
        assertThat(ran).hasSize(5).allMatch(Duration.ofSeconds(10)::equals);
    }

    @Test
    void aProcessCutOffLosesItsSessionAndNotBeforeItsDeadline() {
        Session session = open("a");
        List<State> states = new ArrayList<>();
        session.listen(states::add);
        simulation.process("a").cut(Duration.ofSeconds(7));
        simulation.until("the owner gives up", () -> !session.mayOwn());
        assertThat(simulation.server().isAlive(session)).isTrue();
        simulation.pass(Duration.ofSeconds(10));
        assertThat(states).containsExactly(State.SUSPENDED, State.LOST);
        assertThat(simulation.server().isAlive(session)).isFalse();
    }

    @Test
    void aShortCutIsOvercome() {
        Session session = open("a");
        List<State> states = new ArrayList<>();
        session.listen(states::add);
        simulation.process("a").cut(Duration.ofMillis(2_900));
        simulation.pass(Duration.ofSeconds(10));
        assertThat(states).containsExactly(State.SUSPENDED, State.CONNECTED);
        assertThat(session.heartbeats()).isGreaterThan(5);
    }

    @Test
    void aServerThatComesBackWithItsDataKeepsSessions() {
        Session session = open("a");
        simulation.server().restart(Duration.ofSeconds(2));
        simulation.pass(Duration.ofSeconds(10));
        assertThat(session.state()).isEqualTo(State.CONNECTED);
    }

    @Test
    void aServerThatComesBackWithoutItsDataHasLostAllSessions() {
        Session session = open("a");
        Store other = simulation.connect("b");
        long before = other.list("d", SECOND).revision();
        simulation.server().wipe(SECOND);
        simulation.pass(Duration.ofSeconds(10));
        assertThat(session.state()).isEqualTo(State.LOST);
        assertThatThrownBy(() -> other.list("d", SECOND)).isInstanceOf(ConnectionException.class);
        assertThat(other.list("d", SECOND).revision()).isGreaterThan(before);
    }

    @Test
    void aServerThatIsDownAnswersNothing() {
        Store store = simulation.connect("a");
        simulation.server().restart(Duration.ofSeconds(30));
        assertThatThrownBy(() -> simulation.await(store.list("d"))).isInstanceOf(TimeoutException.class);
    }

    @Test
    void aProcessThatCrashesStartsAgainUntilItIsDone() {
        List<SimulatedProcess> started = new ArrayList<>();
        CompletableFuture<Void> done = simulation.spawn("a", process -> {
            started.add(process);
            CompletableFuture<Void> work = new CompletableFuture<>();
            process.scheduler().after(SECOND, () -> work.complete(null));
            return work;
        });
        simulation.pass(Duration.ofMillis(500));
        started.get(0).crash();
        simulation.await(done);
        assertThat(started).extracting(SimulatedProcess::name).containsExactly("a", "a.2");
    }

    @Test
    void aClosedStoreLeavesNothing() {
        Store store = simulation.connect("a");
        Session session = store.openSession(Client.SESSION, SECOND);
        store.commit(Commit.in("d").as(session).putOwned("x", Bytes.EMPTY).build(), SECOND);
        store.close();
        assertThat(session.state()).isEqualTo(State.CLOSED);
        assertThat(simulation.server().holds("d").entries()).isEmpty();
        assertThatThrownBy(() -> simulation.await(store.list("d"))).isInstanceOf(ConnectionException.class);
    }

    @Test
    void aTaskThatWaitsForAnotherIsToldWhyItCannot() {
        Store store = simulation.connect("a");
        store.scheduler().executor().execute(() -> store.list("d", SECOND));
        assertThatThrownBy(() -> simulation.pass(SECOND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("asynchronous");
    }

    @Test
    void anotherThreadIsToldToKeepOut() {
        Store store = simulation.connect("a");
        assertThatThrownBy(
                        () -> CompletableFuture.runAsync(() -> store.list("d")).join())
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Store.scheduler()");
    }

    @Test
    void whatAListenerThrowsFailsTheRun() {
        simulation.connect("a").watch("d", WatchOptions.ALL, event -> {
            throw new IllegalStateException("planted");
        });
        assertThatThrownBy(() -> simulation.pass(SECOND)).hasMessage("planted");
    }

    @Test
    void aWaitThatNeverEndsFails() {
        assertThatThrownBy(() -> simulation.await(new CompletableFuture<>()))
                .hasMessageContaining("nothing is left to happen");
        open("a");
        assertThatThrownBy(() -> simulation.await(new CompletableFuture<>())).hasMessageContaining("virtual time");
    }

    @Test
    void anInvariantThatIsBrokenFailsTheRunByName() {
        simulation.always(
                "no names", () -> simulation.server().holds("d").entries().isEmpty());
        Store store = simulation.connect("a");
        assertThatThrownBy(() -> simulation.await(
                        store.commit(Commit.in("d").put("x", Bytes.EMPTY).build())))
                .hasMessage("no longer true: no names");
    }

    private Session open(String name) {
        return simulation.connect(name).openSession(Client.SESSION, SECOND);
    }
}
