package dev.muster.coordination.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.election.Leader;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.simulation.Fleet.Member;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.simulation.Fault;
import dev.muster.store.simulation.Seeds;
import dev.muster.store.simulation.Simulation;
import dev.muster.store.simulation.SimulationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One leader at a time, later ones with greater tokens, and always one in the end, whatever goes wrong. */
class ElectionSimulationTest {

    private static final String DIRECTORY = "muster/elections/e";
    private static final int MEMBERS = 3;

    /** Until when leaders give up their office of their own accord. */
    private static final Duration RESTLESS = Duration.ofSeconds(90);

    @Test
    void oneLeadsAtATimeAndOneAlwaysDoesInTheEnd() {
        Seeds.count(400).with(Fleet.FAULTS).forEach(simulation -> elect(simulation, UnaryOperator.identity()));
    }

    @Test
    void oneLeadsAtATimeThoughAllDataBeLost() {
        Seeds.count(150).with(Fleet.WIPES).forEach(simulation -> elect(simulation, UnaryOperator.identity()));
    }

    @Test
    @Tag("slow")
    void oneLeadsAtATimeInAHundredThousandRuns() {
        Seeds.count(100_000).with(Fleet.FAULTS).forEach(simulation -> elect(simulation, UnaryOperator.identity()));
    }

    @Test
    void thatSessionsEndBeforeTheirOwnersKnowIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS.with(Fault.EARLY_EXPIRY, 0.1))
                        .forEach(simulation -> elect(simulation, UnaryOperator.identity())))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("at most one leader is valid");
    }

    @Test
    void thatWatchesDoNotTellWhatIsGoneIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS)
                        .forEach(simulation -> elect(simulation, Fleet::deafToRemovals)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("valid leaderships in the end");
    }

    private static void elect(Simulation simulation, UnaryOperator<Store> fault) {
        Terms terms = new Terms();
        simulation.always("at most one leader is valid", () -> terms.valid().size() <= 1);
        Fleet fleet = new Fleet(simulation, fault);
        CompletableFuture<Void> over = new CompletableFuture<>();
        for (int i = 0; i < MEMBERS; i++) {
            String name = "m" + i;
            fleet.spawn(name, options -> options.rejoin(true), member -> {
                new Officer(simulation, fleet, member, terms).stand();
                return over.thenCompose(done -> member.close());
            });
        }
        simulation.pass(RESTLESS);
        simulation.pass(Duration.ofMinutes(2), () -> false);
        List<Leadership> leaders = terms.valid();
        assertThat(leaders)
                .as("valid leaderships in the end, where the store holds " + held(simulation))
                .hasSize(1);
        assertThat(terms.told.values())
                .as("what observers were told last")
                .isNotEmpty()
                .allMatch(leader -> leader.map(Leader::token)
                        .equals(Optional.of(leaders.get(0).token())));
        assertThat(written(simulation))
                .as("tokens of what leaders wrote, in order")
                .isSorted();
        over.complete(null);
        fleet.await();
        simulation.pass(Duration.ofMinutes(1));
        assertThat(simulation.server().holds(DIRECTORY).names())
                .as("what is left of the election")
                .noneMatch(name -> name.startsWith("c-") || name.equals("term"));
    }

    private static List<String> held(Simulation simulation) {
        return simulation.server().holds(DIRECTORY).entries().stream()
                .filter(entry -> !entry.name().startsWith("r-"))
                .map(entry -> entry.name() + "@" + entry.modified() + "="
                        + entry.value().utf8().replace('\n', '/'))
                .toList();
    }

    private static List<Long> written(Simulation simulation) {
        return simulation.server().holds(DIRECTORY).entries().stream()
                .filter(entry -> entry.name().startsWith("r-"))
                .map(entry -> Long.valueOf(entry.value().utf8()))
                .toList();
    }

    /** A candidate that writes while it leads, and gives its office up in every way there is. */
    private static final class Officer {

        private final Simulation simulation;
        private final Fleet fleet;
        private final Member member;
        private final Terms terms;
        private Candidacy candidacy;

        Officer(Simulation simulation, Fleet fleet, Member member, Terms terms) {
            this.simulation = simulation;
            this.fleet = fleet;
            this.member = member;
            this.terms = terms;
        }

        void stand() {
            terms.told.keySet().removeIf(process -> simulation.process(process).isCrashed());
            member.coordinator.election("e").observe(leader -> terms.told.put(member.process.name(), leader));
            member.again(() -> {
                candidacy = member.coordinator.election("e").run(this::elected);
                return CompletableFuture.completedFuture(null);
            });
        }

        private void elected(Leadership leadership) {
            terms.begin(leadership);
            member.later(fleet.moment(Duration.ofSeconds(4)), () -> write(leadership, 3));
            if (simulation.now().compareTo(RESTLESS) < 0) {
                member.later(fleet.moment(Duration.ofSeconds(12)), () -> giveUp(leadership));
            }
        }

        private CompletableFuture<Void> write(Leadership leadership, int left) {
            if (left == 0) {
                return CompletableFuture.completedFuture(null);
            }
            // Written even where this does not lead any more: the guard must see to it.
            Commit.Builder commit =
                    leadership.guard(Commit.in(member.coordinator.election("e").directory()));
            commit.append("r-", Bytes.utf8(leadership.token().toString()));
            return member.coordinator
                    .store()
                    .commit(commit.build())
                    .handle((result, failure) -> null)
                    .thenCompose(done ->
                            member.later(fleet.moment(Duration.ofSeconds(3)), () -> write(leadership, left - 1)));
        }

        private CompletableFuture<Void> giveUp(Leadership leadership) {
            int how = fleet.random().below(4);
            String other = "m" + fleet.random().below(MEMBERS);
            CompletableFuture<?> done = switch (how) {
                case 0 -> leadership.releaseAsync();
                case 1 -> leadership.handOverAsync(other);
                case 2 ->
                    candidacy
                            .closeAsync()
                            .thenCompose(closed -> member.again(() -> {
                                candidacy = member.coordinator.election("e").run(this::elected);
                                return CompletableFuture.completedFuture(null);
                            }));
                default -> CompletableFuture.completedFuture(null);
            };
            return done.handle((value, failure) -> null);
        }
    }

    /** All terms that were won, and what observers of each process were told last. */
    private static final class Terms {

        final Map<String, Optional<Leader>> told = new LinkedHashMap<>();
        private final List<Leadership> won = new ArrayList<>();
        private long last;

        void begin(Leadership leadership) {
            if (leadership.isValid()) {
                assertThat(leadership.token().value()).as("tokens rise").isGreaterThan(last);
                last = leadership.token().value();
                won.add(leadership);
            }
        }

        List<Leadership> valid() {
            return won.stream().filter(Leadership::isValid).toList();
        }
    }
}
