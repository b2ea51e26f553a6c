package dev.muster.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sessions that end at any time: what they own is gone with them, and nothing of theirs is applied afterwards. */
class SessionEndTest {

    private static final int COMMITS = 8;

    @Test
    void theEndOfASessionIsTheEndOfAllItDoes() {
        Seeds.usual()
                .with(Faults.USUAL
                        .without(Fault.CRASH)
                        .with(Fault.SLOW_MESSAGE, 0.2)
                        .with(Fault.STARVED_SESSION, 0.1))
                .forEach(SessionEndTest::commitUntilTheEnd);
    }

    @Test
    void aSessionThatTheServerEndsEarlyIsToldSo() {
        Seeds.count(1_000)
                .with(Faults.USUAL.without(Fault.CRASH).with(Fault.EARLY_EXPIRY, 0.1))
                .forEach(SessionEndTest::commitUntilTheEnd);
    }

    static void commitUntilTheEnd(Simulation simulation) {
        Ends ends = new Ends(simulation);
        simulation.always("the ends of sessions are seen", ends::look);
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Client client = new Client(simulation.connect("p" + i));
            done.add(client.open().thenCompose(session -> ends.follow(client, session)));
        }
        simulation.awaitAll(done);
        simulation.pass(Duration.ofMinutes(2));
        assertThat(ends.told.values())
                .as("the last state, told once")
                .allMatch(
                        states -> states.stream().filter(Session.State::isFinal).count() == 1);
        assertThat(simulation.server().holds("d").entries())
                .as("what ended sessions owned")
                .noneMatch(entry -> entry.isOwned());
    }

    /** At which revision the server recorded the end of each session. */
    private static final class Ends {

        private final Simulation simulation;
        private final List<Session> living = new ArrayList<>();
        private final Map<Session, Long> endedAt = new LinkedHashMap<>();
        private final Map<Session, List<Session.State>> told = new LinkedHashMap<>();

        Ends(Simulation simulation) {
            this.simulation = simulation;
        }

        boolean look() {
            for (Session session : List.copyOf(living)) {
                if (!simulation.server().isAlive(session)) {
                    endedAt.put(session, simulation.server().holds("d").revision());
                    living.remove(session);
                }
            }
            return true;
        }

        CompletableFuture<Void> follow(Client client, Session session) {
            living.add(session);
            told.put(session, new ArrayList<>());
            session.listen(state -> told.get(session).add(state));
            List<CompletableFuture<?>> commits = new ArrayList<>();
            for (int i = 0; i < COMMITS; i++) {
                Duration when = simulation.random().between(Duration.ZERO, Duration.ofSeconds(20));
                commits.add(client.later(when, () -> commit(client, session)));
            }
            Duration end = simulation.random().between(Duration.ofSeconds(5), Duration.ofSeconds(25));
            return client.later(end, () -> close(session))
                    .thenCompose(closed -> CompletableFuture.allOf(commits.toArray(CompletableFuture<?>[]::new)));
        }

        private CompletableFuture<Boolean> commit(Client client, Session session) {
            Commit.Builder builder = Commit.in("d").as(session);
            builder.appendOwned("x-", Bytes.EMPTY);
            return client.commit(builder.put("common", Bytes.EMPTY).build()).thenApply(revision -> {
                Long end = endedAt.get(session);
                if (revision.isPresent() && end != null) {
                    assertThat(revision.getAsLong())
                            .as("applied before the session's end")
                            .isLessThanOrEqualTo(end);
                }
                return revision.isPresent();
            });
        }

        private CompletableFuture<Void> close(Session session) {
            boolean lost = session.state() == Session.State.LOST;
            return session.closeAsync()
                    .thenAccept(confirmed -> {
                        if (!lost) {
                            assertThat(simulation.server().isAlive(session)).isFalse();
                            assertThat(simulation.server().holds("d").entries())
                                    .noneMatch(entry -> entry.isOwnedBy(session));
                        }
                    })
                    .handle((done, failure) -> {
                        if (failure != null && failure.getCause() instanceof AssertionError wrong) {
                            throw wrong;
                        }
                        return null;
                    });
        }
    }
}
