package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.DirectoryState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Processes that write at random and watch: every watch ends on what the directory holds, and never goes back. */
class WatchViewTest {

    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final int WRITES = 12;

    @Test
    void everyWatchEndsOnWhatTheDirectoryHolds() {
        Seeds.usual().with(Faults.USUAL.without(Fault.CRASH)).forEach(WatchViewTest::writeAndWatch);
    }

    @Test
    void watchesOutliveTheLossOfAllData() {
        Seeds.count(1_000)
                .with(Faults.USUAL.without(Fault.CRASH).with(Fault.SERVER_WIPE, 0.01))
                .forEach(WatchViewTest::writeAndWatch);
    }

    static void writeAndWatch(Simulation simulation) {
        List<View> views = new ArrayList<>();
        List<CompletableFuture<?>> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Client client = new Client(simulation.connect("p" + i));
            views.add(new View(simulation, client.store(), WatchOptions.ALL));
            views.add(new View(simulation, client.store(), WatchOptions.names("b", "c")));
            ends.add(client.open().thenCompose(session -> write(simulation, client, session, WRITES)));
        }
        simulation.awaitAll(ends);
        simulation.calm();
        // What is still on its way arrives, and what was missed on it is noticed.
        simulation.pass(Duration.ofSeconds(40));
        assertThat(views).as("each watch shows what the directory holds").allMatch(View::isCurrent);
    }

    private static CompletableFuture<Void> write(Simulation simulation, Client client, Session session, int times) {
        if (times == 0) {
            return simulation.random().chance(0.5) ? session.closeAsync().exceptionally(e -> null) : done();
        }
        Commit.Builder builder = Commit.in("w");
        for (String name : NAMES) {
            switch (simulation.random().below(6)) {
                case 0 -> builder.delete(name);
                case 1 -> builder.put(name, Bytes.utf8(session.id() + times));
                case 2 -> builder.as(session).absent(name).putOwned(name, Bytes.EMPTY);
                default -> {}
            }
        }
        Duration pause = simulation.random().skewed(Duration.ofMillis(1), Duration.ofSeconds(5));
        return client.commit(builder.build())
                .thenCompose(applied -> client.later(pause, () -> write(simulation, client, session, times - 1)));
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    /** What one listener knows from its events. */
    private static final class View {

        private final Simulation simulation;
        private final WatchOptions options;
        private final DirectoryState state = new DirectoryState();
        private boolean listed;

        View(Simulation simulation, Store store, WatchOptions options) {
            this.simulation = simulation;
            this.options = options;
            store.watch("w", options, this::onEvent);
        }

        private void onEvent(WatchEvent event) {
            boolean isListing = event instanceof WatchEvent.Listed;
            assertThat(listed || isListing).as("a listing comes first").isTrue();
            if (event instanceof WatchEvent.Listed first) {
                assertThat(first.fresh())
                        .as("all listings but the first are fresh")
                        .isEqualTo(listed);
            }
            listed = true;
            assertThat(event.revision()).as("revisions rise").isGreaterThanOrEqualTo(state.revision());
            state.follow(event);
            assertThat(List.copyOf(state.entries())).isSortedAccordingTo(Entry.CREATION_ORDER);
            assertAsNewAs(event.revision());
        }

        private void assertAsNewAs(long revision) {
            for (Entry truth : shown()) {
                if (truth.modified() <= revision) {
                    assertThat(state.get(truth.name()))
                            .as("as new as its revision")
                            .isEqualTo(truth);
                }
            }
        }

        boolean isCurrent() {
            return List.copyOf(state.entries()).equals(shown());
        }

        private List<Entry> shown() {
            return simulation.server().holds("w").entries().stream()
                    .filter(entry -> options.shows(entry.name()))
                    .toList();
        }
    }
}
