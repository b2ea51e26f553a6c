package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is said of a commit whose reply was lost stays true. */
class SettlementTest {

    private static final int COMMITS = 20;

    @Test
    void whatIsSettledStaysSo() {
        Seeds.usual()
                .with(Faults.USUAL.without(Fault.CRASH).with(Fault.SLOW_MESSAGE, 0.2))
                .forEach(SettlementTest::appendAndCompare);
    }

    static void appendAndCompare(Simulation simulation) {
        Map<String, CompletableFuture<OptionalLong>> outcomes = new LinkedHashMap<>();
        Client client = new Client(simulation.connect("a"));
        for (int i = 0; i < COMMITS; i++) {
            Commit.Builder builder = Commit.in("d");
            String name = builder.append("x-", Bytes.EMPTY);
            Commit commit = builder.build();
            Duration when = simulation.random().between(Duration.ZERO, Duration.ofSeconds(20));
            outcomes.put(name, client.later(when, () -> client.commit(commit)));
        }
        simulation.awaitAll(outcomes.values());
        // Whatever is still on its way arrives.
        simulation.pass(Duration.ofMinutes(2));
        Map<String, OptionalLong> told = new LinkedHashMap<>();
        outcomes.forEach((name, outcome) -> told.put(name, outcome.join()));
        Map<String, OptionalLong> found = new LinkedHashMap<>();
        outcomes.keySet().forEach(name -> found.put(name, OptionalLong.empty()));
        for (Entry entry : simulation.server().holds("d").entries()) {
            found.put(entry.name(), OptionalLong.of(entry.created()));
        }
        assertThat(told).as("what was told of each commit").isEqualTo(found);
    }

    @Test
    void aCommitHeldOnItsWayDoesNotApplyOnceSettled() {
        try (Simulation simulation = new Simulation(1, Faults.NONE)) {
            Store store = simulation.connect("a");
            simulation.process("a").holdNextRequest(Call.COMMIT, Duration.ofSeconds(5));
            Commit commit = Commit.in("d").put("x", Bytes.EMPTY).build();
            assertThatThrownBy(() -> simulation.await(store.commit(commit)))
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(simulation.await(store.settle(commit))).isInstanceOf(Settlement.Never.class);
            simulation.pass(Duration.ofSeconds(10));
            assertThat(simulation.server().holds("d").entries()).isEmpty();
        }
    }

    @Test
    void aCommitWhoseReplyIsLostIsFoundApplied() {
        try (Simulation simulation = new Simulation(1, Faults.NONE)) {
            Store store = simulation.connect("a");
            simulation.process("a").loseNextReply(Call.COMMIT);
            Commit commit = Commit.in("d").put("x", Bytes.EMPTY).build();
            assertThatThrownBy(() -> simulation.await(store.commit(commit)))
                    .isInstanceOf(OutcomeUnknownException.class);
            Entry entry = simulation.server().holds("d").find("x").orElseThrow();
            assertThat(simulation.await(store.settle(commit))).isEqualTo(new Settlement.Applied(entry.created()));
        }
    }
}
