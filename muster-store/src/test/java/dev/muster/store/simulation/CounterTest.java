package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes that count up one entry under guards: no increment is lost, and none happens twice. */
class CounterTest {

    private static final int PROCESSES = 4;
    private static final int EACH = 6;

    @Test
    void everyIncrementHappensOnceWhateverGoesWrong() {
        Seeds.usual().with(Faults.USUAL.without(Fault.CRASH)).forEach(CounterTest::settledIncrements);
    }

    @Test
    void markersMakeIncrementsHappenOnceDespiteCrashes() {
        Seeds.usual().with(Faults.USUAL.with(Fault.CRASH, 0.02)).forEach(CounterTest::markedIncrements);
    }

    @Test
    @Tag("slow")
    void everyIncrementHappensOnceInAHundredThousandRuns() {
        Seeds.count(100_000).with(Faults.USUAL.without(Fault.CRASH)).forEach(CounterTest::settledIncrements);
    }

    static void settledIncrements(Simulation simulation) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            ends.add(simulation.spawn("p" + i, process -> increment(new Client(process.connect()), EACH)));
        }
        simulation.awaitAll(ends);
        assertThat(value(simulation.server().holds("d"))).as("all increments").isEqualTo(PROCESSES * EACH);
    }

    private static CompletableFuture<Void> increment(Client client, int times) {
        if (times == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return client.list("d").thenCompose(listing -> {
            Commit commit = next(listing).build();
            return client.commit(commit)
                    .thenCompose(applied -> increment(client, applied.isPresent() ? times - 1 : times));
        });
    }

    private static void markedIncrements(Simulation simulation) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            String name = "p" + i;
            ends.add(simulation.spawn(name, process -> marked(new Client(process.connect()), name, 0)));
        }
        simulation.awaitAll(ends);
        assertThat(value(simulation.server().holds("d"))).as("all increments").isEqualTo(PROCESSES * EACH);
    }

    private static CompletableFuture<Void> marked(Client client, String name, int done) {
        if (done == EACH) {
            return CompletableFuture.completedFuture(null);
        }
        String marker = name + "-" + done;
        return client.list("d").thenCompose(listing -> {
            if (listing.find(marker).isPresent()) {
                return marked(client, name, done + 1);
            }
            Commit commit =
                    next(listing).absent(marker).put(marker, Bytes.EMPTY).build();
            return client.commit(commit).thenCompose(applied -> marked(client, name, done));
        });
    }

    private static Commit.Builder next(Listing listing) {
        Bytes value = Bytes.utf8(Integer.toString(value(listing) + 1));
        Commit.Builder builder = Commit.in("d").put("counter", value);
        listing.find("counter")
                .map(Entry::modified)
                .ifPresentOrElse(seen -> builder.at("counter", seen), () -> builder.absent("counter"));
        return builder;
    }

    private static int value(Listing listing) {
        return listing.find("counter")
                .map(entry -> Integer.parseInt(entry.value().utf8()))
                .orElse(0);
    }
}
