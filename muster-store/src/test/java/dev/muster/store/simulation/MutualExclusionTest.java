package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The smallest lock there is, an owned entry: two sessions never both may own it, and its tokens rise. */
class MutualExclusionTest {

    /** What tries leases hardest: late answers to heartbeats, then none at all while the owner holds on. */
    static final Faults FAULTS = Faults.USUAL
            .with(Fault.SLOW_MESSAGE, 0.15)
            .with(Fault.STARVED_SESSION, 0.05)
            .lasting(12);

    private static final int TURNS = 4;

    @Test
    void twoSessionsNeverOwnOneEntry() {
        Seeds.usual().with(FAULTS).forEach(MutualExclusionTest::takeTurns);
    }

    @Test
    void twoSessionsNeverOwnOneEntryThoughAllDataBeLost() {
        Seeds.count(1_000).with(FAULTS.with(Fault.SERVER_WIPE, 0.005)).forEach(MutualExclusionTest::takeTurns);
    }

    @Test
    @Tag("slow")
    void twoSessionsNeverOwnOneEntryInAHundredThousandRuns() {
        Seeds.count(100_000).with(FAULTS).forEach(MutualExclusionTest::takeTurns);
    }

    static void takeTurns(Simulation simulation) {
        Lock lock = new Lock(simulation);
        simulation.always(
                "at most one may own the entry",
                () -> lock.holders.stream().filter(Holder::mayOwn).count() <= 1);
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ends.add(simulation.spawn("p" + i, process -> {
                Client client = new Client(process.connect());
                return client.open().thenCompose(session -> lock.turns(client, session, TURNS));
            }));
        }
        simulation.awaitAll(ends);
    }

    private record Holder(Session session, long token) {
        boolean mayOwn() {
            return session.mayOwn();
        }
    }

    private static final class Lock {

        private final Simulation simulation;
        private final List<Holder> holders = new ArrayList<>();
        private long highest;

        Lock(Simulation simulation) {
            this.simulation = simulation;
        }

        CompletableFuture<Void> turns(Client client, Session session, int left) {
            if (left == 0) {
                return session.closeAsync().exceptionally(unconfirmed -> null);
            }
            if (session.state().isFinal()) {
                return client.open().thenCompose(next -> turns(client, next, left));
            }
            Commit take = Commit.in("lock")
                    .as(session)
                    .absent("holder")
                    .putOwned("holder", Bytes.EMPTY)
                    .build();
            SeededRandom random = simulation.random();
            Duration wait = random.skewed(Duration.ofMillis(1), Duration.ofSeconds(2));
            Duration hold = random.chance(0.5) ? wait : random.between(Duration.ZERO, Duration.ofSeconds(12));
            return client.commit(take)
                    .thenCompose(token -> token.isPresent()
                            ? hold(client, session, token.getAsLong(), hold)
                                    .thenCompose(released -> turns(client, session, left - 1))
                            : client.later(wait, () -> turns(client, session, left)));
        }

        private CompletableFuture<Void> hold(Client client, Session session, long token, Duration time) {
            Holder holder = new Holder(session, token);
            holders.add(holder);
            if (session.mayOwn()) {
                assertThat(token).as("tokens rise").isGreaterThan(highest);
                highest = token;
            }
            return client.later(time, () -> {
                holders.remove(holder);
                return release(client, token);
            });
        }

        private CompletableFuture<Void> release(Client client, long token) {
            return client.list("lock").thenCompose(listing -> {
                if (listing.find("holder")
                        .filter(entry -> entry.created() == token)
                        .isEmpty()) {
                    return CompletableFuture.completedFuture(null);
                }
                Commit commit = Commit.in("lock")
                        .created("holder", token)
                        .delete("holder")
                        .build();
                return client.commit(commit).thenCompose(done -> release(client, token));
            });
        }
    }
}
