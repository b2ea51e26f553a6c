package dev.muster.coordination.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.simulation.Fleet.Member;
import dev.muster.store.Entry;
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
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memberships are what the store says, and all who watch end with the same view, whatever goes wrong. */
class GroupSimulationTest {

    private static final String DIRECTORY = "muster/groups/g";
    private static final int MEMBERS = 3;
    private static final Duration RESTLESS = Duration.ofSeconds(75);

    @Test
    void allWhoWatchEndWithTheSameView() {
        Seeds.count(350).with(Fleet.FAULTS).forEach(simulation -> comeAndGo(simulation, UnaryOperator.identity()));
    }

    @Test
    void allWhoWatchEndWithTheSameViewThoughAllDataBeLost() {
        Seeds.count(150).with(Fleet.WIPES).forEach(simulation -> comeAndGo(simulation, UnaryOperator.identity()));
    }

    @Test
    @Tag("slow")
    void allWhoWatchEndWithTheSameViewInAHundredThousandRuns() {
        Seeds.count(100_000).with(Fleet.FAULTS).forEach(simulation -> comeAndGo(simulation, UnaryOperator.identity()));
    }

    @Test
    void thatSessionsEndBeforeTheirOwnersKnowIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS.with(Fault.EARLY_EXPIRY, 0.1))
                        .forEach(simulation -> comeAndGo(simulation, UnaryOperator.identity())))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("who is a member is listed");
    }

    @Test
    void thatWatchesDoNotTellWhatIsGoneIsCaught() {
        assertThatThrownBy(() -> Seeds.count(300)
                        .with(Fleet.FAULTS)
                        .forEach(simulation -> comeAndGo(simulation, Fleet::deafToRemovals)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("observed");
    }

    private static void comeAndGo(Simulation simulation, UnaryOperator<Store> fault) {
        Fleet fleet = new Fleet(simulation, fault);
        Map<String, View> views = new TreeMap<>();
        List<Membership> memberships = new ArrayList<>();
        int[] events = new int[1];
        simulation.always(
                "who is a member is listed", () -> ++events[0] % 64 != 0 || areListed(simulation, memberships));
        CompletableFuture<Void> over = new CompletableFuture<>();
        for (int i = 0; i < MEMBERS; i++) {
            fleet.spawn("m" + i, options -> options.rejoin(true).onRejoined(memberships::add), member -> {
                View view = new View();
                views.put(member.process.name(), view);
                Guest guest = new Guest(simulation, fleet, member, memberships);
                member.again(() -> guest.group().watchAsync(view::onEvent)).thenRun(() -> view.begun = true);
                guest.group().observe(members -> {
                    view.observed.clear();
                    members.forEach(one -> view.observed.put(one.id(), one.incarnation()));
                });
                guest.join();
                return over.thenCompose(done -> member.close());
            });
        }
        simulation.pass(RESTLESS);
        simulation.pass(Duration.ofMinutes(2));
        Map<String, Long> truth = truth(simulation);
        views.forEach((process, view) -> {
            if (!simulation.process(process).isCrashed()) {
                assertThat(view.begun).as("the watch of " + process + " began").isTrue();
                assertThat(view.observed).as("what " + process + " observed").isEqualTo(truth);
                view.check(process, truth);
            }
        });
        over.complete(null);
        fleet.await();
        simulation.pass(Duration.ofMinutes(1));
        assertThat(truth(simulation)).as("members left behind").isEmpty();
    }

    private static Map<String, Long> truth(Simulation simulation) {
        Map<String, Long> truth = new TreeMap<>();
        for (Entry entry : simulation.server().holds(DIRECTORY).entries()) {
            if (entry.name().startsWith("m.")) {
                truth.put(entry.name().substring(2), entry.created());
            }
        }
        return truth;
    }

    private static boolean areListed(Simulation simulation, List<Membership> memberships) {
        memberships.removeIf(membership -> !membership.isValid());
        if (!simulation.server().isUp()) {
            // A server that lost its data stays down until the last member has stopped believing.
            return true;
        }
        Map<String, Long> truth = truth(simulation);
        return memberships.stream()
                .allMatch(membership -> truth.getOrDefault(membership.memberId(), 0L)
                        == membership.token().value());
    }

    /** Joins, updates, leaves and joins again, until it stays. */
    private static final class Guest {

        private final Simulation simulation;
        private final Fleet fleet;
        private final Member member;
        private final List<Membership> memberships;

        Guest(Simulation simulation, Fleet fleet, Member member, List<Membership> memberships) {
            this.simulation = simulation;
            this.fleet = fleet;
            this.member = member;
            this.memberships = memberships;
        }

        Group group() {
            return member.coordinator.group("g");
        }

        private void join() {
            member.again(() -> group().joinOrCreateAsync(Capabilities.of(0))).thenAccept(membership -> {
                memberships.add(membership);
                next(membership);
            });
        }

        private void next(Membership membership) {
            if (simulation.now().compareTo(RESTLESS) >= 0) {
                return;
            }
            Duration pause = fleet.moment(Duration.ofSeconds(8));
            if (fleet.random().chance(0.5)) {
                member.later(pause, () -> membership.updateAsync(now -> Capabilities.of("updated")))
                        .whenComplete((done, failure) -> next(membership));
            } else {
                member.later(pause, membership::releaseAsync).whenComplete((done, failure) -> join());
            }
        }
    }

    /** What a watcher was told, from the members that were there when it began, which it did not know. */
    private static final class View {

        final Map<String, Long> observed = new TreeMap<>();
        boolean begun;
        private final Map<String, Long> told = new LinkedHashMap<>();
        private final List<String> contradictions = new ArrayList<>();

        void onEvent(GroupEvent event) {
            if (event instanceof GroupEvent.Joined joined) {
                Long before = told.put(joined.member().id(), joined.member().incarnation());
                if (before != null && before >= 0) {
                    contradictions.add(joined + " after " + before);
                }
            } else if (event instanceof GroupEvent.Left left) {
                Long before = told.put(left.member().id(), -left.member().incarnation());
                if (before != null && before != left.member().incarnation()) {
                    contradictions.add(left + " after " + before);
                }
            }
        }

        void check(String process, Map<String, Long> truth) {
            assertThat(contradictions).as("contradictions told to " + process).isEmpty();
            told.forEach((id, incarnation) -> {
                Long present = truth.get(id);
                if (incarnation < 0) {
                    assertThat(present)
                            .as(id + " was told to have left to " + process)
                            .isNull();
                } else {
                    assertThat(present)
                            .as(id + " was told to have joined to " + process)
                            .isEqualTo(incarnation);
                }
            });
        }
    }
}
