package dev.muster.coordination.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.coordination.partition.RendezvousHashRing;
import dev.muster.coordination.simulation.Fleet.Member;
import dev.muster.store.Store;
import dev.muster.store.simulation.Seeds;
import dev.muster.store.simulation.Simulation;
import dev.muster.store.simulation.SimulationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All members end with one ring, of those who are members and their weights, whatever goes wrong. */
class PartitionSimulationTest {

    private static final int MEMBERS = 3;
    private static final PartitionOptions SMALL = PartitionOptions.DEFAULT.withRing(RendezvousHashRing.empty(256));

    @Test
    void allMembersEndWithOneRing() {
        Seeds.count(150).with(Fleet.FAULTS).forEach(simulation -> share(simulation, UnaryOperator.identity()));
    }

    @Test
    @Tag("slow")
    void allMembersEndWithOneRingInAHundredThousandRuns() {
        Seeds.count(100_000).with(Fleet.FAULTS).forEach(simulation -> share(simulation, UnaryOperator.identity()));
    }

    @Test
    void thatWatchesDoNotTellWhoComesIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS)
                        .forEach(simulation -> share(simulation, Fleet::deafToChanges)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("the ring of");
    }

    private static void share(Simulation simulation, UnaryOperator<Store> fault) {
        Fleet fleet = new Fleet(simulation, fault);
        List<Partitioner> partitioners = new ArrayList<>();
        CompletableFuture<Void> over = new CompletableFuture<>();
        for (int i = 0; i < MEMBERS; i++) {
            int weight = i + 1;
            fleet.spawn(
                    "m" + i,
                    options -> options.rejoin(true),
                    member -> join(member, weight)
                            .thenAccept(partitioners::add)
                            .thenCompose(joined -> over)
                            .thenCompose(done -> member.close()));
        }
        simulation.pass(Duration.ofMinutes(3));
        TreeMap<String, Integer> weights = new TreeMap<>();
        simulation.server().holds("muster/groups/p").names().stream()
                .filter(name -> name.startsWith("m."))
                .forEach(name -> weights.put(name.substring(2), Integer.parseInt(name.substring(3)) + 1));
        assertThat(weights).as("members in the end").hasSize(MEMBERS);
        List<Partitioner> living = partitioners.stream()
                .filter(partitioner -> partitioner.membership().isValid())
                .toList();
        assertThat(living).hasSize(MEMBERS);
        living.forEach(partitioner -> assertThat(partitioner.ring().nodes())
                .as("the ring of " + partitioner.membership().memberId())
                .isEqualTo(weights));
        for (String key : List.of("a", "b", "c", "d")) {
            assertThat(living.stream().filter(partitioner -> partitioner.belongsToSelf(key)))
                    .as("who believes to own " + key)
                    .hasSize(1);
        }
        over.complete(null);
        fleet.await();
    }

    private static CompletableFuture<Partitioner> join(Member member, int weight) {
        return member.later(
                member.moment(Duration.ofSeconds(20)),
                () -> member.again(() -> member.coordinator.partitionAsync("p", SMALL.withWeight(weight))));
    }
}
