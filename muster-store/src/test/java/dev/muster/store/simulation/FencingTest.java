package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where sessions end early two may believe that they own: a target that is stamped with the token keeps them apart. */
class FencingTest {

    private static final int TURNS = 3;
    private static final int WRITES = 3;

    @Test
    void anOwnerWritesNothingOnceAnotherStampedTheTarget() {
        Seeds.usual()
                .with(Faults.USUAL.lasting(12).with(Fault.EARLY_EXPIRY, 0.05))
                .forEach(FencingTest::writeFenced);
    }

    private static void writeFenced(Simulation simulation) {
        Map<Long, Long> tokens = new TreeMap<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ends.add(simulation.spawn("p" + i, process -> {
                Client client = new Client(process.connect());
                return client.open().thenCompose(session -> turns(simulation, tokens, client, session, TURNS));
            }));
        }
        simulation.awaitAll(ends);
        assertThat(List.copyOf(tokens.values()))
                .as("tokens in the order of writes")
                .isSorted();
    }

    private static CompletableFuture<Void> turns(
            Simulation simulation, Map<Long, Long> tokens, Client client, Session session, int left) {
        if (left == 0) {
            return session.closeAsync().exceptionally(unconfirmed -> null);
        }
        if (session.state().isFinal()) {
            return client.open().thenCompose(next -> turns(simulation, tokens, client, next, left));
        }
        Commit take = Commit.in("lock")
                .as(session)
                .absent("holder")
                .putOwned("holder", Bytes.EMPTY)
                .build();
        Duration wait = simulation.random().skewed(Duration.ofMillis(1), Duration.ofSeconds(2));
        return client.commit(take)
                .thenCompose(token -> token.isEmpty()
                        ? client.later(wait, () -> turns(simulation, tokens, client, session, left))
                        : stamp(client, token.getAsLong())
                                .thenCompose(stamp -> write(tokens, client, token.getAsLong(), stamp, WRITES))
                                .thenCompose(written -> session.closeAsync().exceptionally(unconfirmed -> null))
                                .thenCompose(closed -> turns(simulation, tokens, client, session, left - 1)));
    }

    /** Answers the revision of the stamp, or nothing where a later token was there. */
    private static CompletableFuture<OptionalLong> stamp(Client client, long token) {
        return client.list("target").thenCompose(listing -> {
            Commit.Builder builder = Commit.in("target").put("fence", Bytes.utf8(Long.toString(token)));
            Entry fence = listing.find("fence").orElse(null);
            if (fence == null) {
                builder.absent("fence");
            } else {
                if (Long.parseLong(fence.value().utf8()) > token) {
                    return CompletableFuture.completedFuture(OptionalLong.empty());
                }
                builder.at("fence", fence.modified());
            }
            return client.commit(builder.build())
                    .thenCompose(stamp ->
                            stamp.isPresent() ? CompletableFuture.completedFuture(stamp) : stamp(client, token));
        });
    }

    private static CompletableFuture<Void> write(
            Map<Long, Long> tokens, Client client, long token, OptionalLong stamp, int left) {
        if (left == 0 || stamp.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Commit commit = Commit.in("target")
                .at("fence", stamp.getAsLong())
                .put("data", Bytes.utf8(Long.toString(token)))
                .build();
        return client.commit(commit).thenCompose(revision -> {
            revision.ifPresent(at -> tokens.put(at, token));
            return write(tokens, client, token, stamp, left - 1);
        });
    }
}
