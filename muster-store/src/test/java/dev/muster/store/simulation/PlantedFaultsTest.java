package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.store.Commit;
import org.junit.jupiter.api.Test;

/** Engines that break one promise each: the scenario that is to notice does, within so many seeds. */
class PlantedFaultsTest {

    private static final int SEEDS = 500;

    @Test
    void aServerThatAppliesWhatWasSettledIsFound() {
        Parts parts = new Parts() {
            @Override
            SimulatedServer server(Simulation simulation) {
                return new SimulatedServer(simulation) {
                    @Override
                    boolean isFenced(Commit commit) {
                        return false;
                    }
                };
            }
        };
        assertFound(parts, SettlementTest::appendAndCompare, "what was told of each commit");
        assertFound(parts, CounterTest::settledIncrements, "all increments");
    }

    @Test
    void aServerThatTakesCommitsOfEndedSessionsIsFound() {
        Parts parts = new Parts() {
            @Override
            SimulatedServer server(Simulation simulation) {
                return new SimulatedServer(simulation) {
                    @Override
                    boolean hasEnded(String sessionId) {
                        return false;
                    }
                };
            }
        };
        assertFound(parts, SessionEndTest::commitUntilTheEnd, "applied before the session's end");
    }

    @Test
    void aServerThatCountsAnewAfterTheLossOfItsDataIsFound() {
        Parts parts = new Parts() {
            @Override
            SimulatedServer server(Simulation simulation) {
                return new SimulatedServer(simulation) {
                    @Override
                    long firstRevision(long era) {
                        return 1;
                    }
                };
            }
        };
        assertFound(
                parts,
                WatchViewTest::writeAndWatch,
                "each watch shows what the directory holds|revisions rise|as new as its revision");
    }

    @Test
    void aDeadlineThatCountsFromTheReplyIsFound() {
        Parts parts = new Parts() {
            @Override
            SimulatedSession session(Simulation simulation, SimulatedProcess process, Connection link, Lease lease) {
                return new SimulatedSession(simulation, process, link, lease) {
                    @Override
                    long heardFrom(long sentAt, long answeredAt) {
                        return answeredAt;
                    }
                };
            }
        };
        assertFound(parts, MutualExclusionTest::takeTurns, "at most one may own the entry|tokens rise");
    }

    @Test
    void aWatchThatDoesNotListAnewAfterALossIsFound() {
        Parts parts = new Parts() {
            @Override
            Subscription subscription(
                    Simulation simulation, SimulatedProcess process, Watches watches, String directory) {
                return new Subscription(simulation, process, watches, directory) {
                    @Override
                    void missed() {}
                };
            }
        };
        assertFound(
                parts,
                WatchViewTest::writeAndWatch,
                "each watch shows what the directory holds|revisions rise|as new as its revision");
    }

    @Test
    void aServerThatEndsSessionsEarlyIsFound() {
        Faults faults = MutualExclusionTest.FAULTS.with(Fault.EARLY_EXPIRY, 0.1);
        assertFound(
                Seeds.count(SEEDS).with(faults),
                MutualExclusionTest::takeTurns,
                "at most one may own the entry|tokens rise");
    }

    private static void assertFound(Parts parts, Scenario scenario, String reason) {
        Faults faults = MutualExclusionTest.FAULTS.without(Fault.CRASH).with(Fault.SERVER_WIPE, 0.002);
        assertFound(Seeds.count(SEEDS).with(faults).madeOf(parts), scenario, reason);
    }

    private static void assertFound(Seeds seeds, Scenario scenario, String reason) {
        SimulationFailure found = catchThrowableOfType(SimulationFailure.class, () -> seeds.forEach(scenario));
        assertThat(found).as("a failing seed").isNotNull();
        assertThat(found).hasMessageMatching("(?s).*(" + reason + ").*").hasMessageNotContaining("NOT EXACT");
    }
}
