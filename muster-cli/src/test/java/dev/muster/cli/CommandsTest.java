package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.election.Candidacy;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.Nonce;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands beside a coordinator that others of the fleet use. */
class CommandsTest {

    private final String url = "memory://" + Nonce.next();
    private final Coordinator other = Coordinator.connect(url, "other");

    @AfterEach
    void close() {
        other.close();
    }

    @Test
    void locksShowsWhoHoldsAndWhoWaits() {
        LockHandle held = other.lock("orders").acquire(Invocation.DEADLINE);
        try (Coordinator waiter = Coordinator.connect(url, "waiter")) {
            assertThat(waiter.lock("orders").acquireAsync(Invocation.DEADLINE)).isNotDone();
            String table = Invocation.run(0, "locks", "--store", url).out();
            assertThat(table.lines().toList()).hasSize(2);
            assertThat(table)
                    .contains("orders", "other", "exclusive", held.token().toString(), "waiter");
            assertThat(Invocation.run(0, "locks", "--store", url, "--json")
                            .out()
                            .lines())
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("\"lock\":\"orders\"", "\"holds\":true", "\"token\":\"" + held.token() + "\"");
        }
    }

    @Test
    void membersAreListedWithWhatTheyCanDo() {
        other.group("web").joinOrCreate(Capabilities.of(Map.of("port", 8080)));
        assertThat(Invocation.run(0, "members", "web", "--store", url).out()).contains("other", "{\"port\":8080}");
        assertThat(Invocation.run(0, "members", "web", "--store", url, "--json").out())
                .contains("\"capabilities\":{\"port\":8080}");
        assertThat(Invocation.run(0, "groups", "--store", url).out()).containsPattern("web +1");
        assertThat(Invocation.run(1, "members", "mail", "--store", url).err())
                .isEqualTo("muster: Group mail does not exist: create it, or use joinOrCreate\n");
    }

    @Test
    void anotherNamespaceIsAnotherWorld() {
        other.group("web").create();
        assertThat(Invocation.run(0, "groups", "--store", url, "--namespace", "elsewhere")
                        .err())
                .contains("no group in namespace elsewhere");
    }

    @Test
    void theLeaderIsNamedOrMissing() {
        Invocation.run(1, "leader", "e", "--store", url);
        try (Candidacy candidacy = other.election("e").run(leadership -> {})) {
            await().until(() -> candidacy.leadership().isPresent());
            String term = candidacy.leadership().orElseThrow().token().toString();
            assertThat(Invocation.run(0, "leader", "e", "--store", url).out()).contains("other", term);
            assertThat(Invocation.run(0, "leader", "--store", url, "--json").out())
                    .contains("\"token\":\"" + term + "\"");
            assertThat(Invocation.run(1, "elect", "e", "--timeout", "50ms", "--store", url)
                            .err())
                    .contains("not elected in e; other leads");
        }
    }

    @Test
    void aWatchTellsWhatIsThereAndWhatComes() {
        other.group("web").create();
        Invocation watch = Invocation.start("watch", "web", "--count", "3", "--store", url);
        try (Coordinator late = Coordinator.connect(url, "late")) {
            Membership membership = late.group("web").join(Capabilities.NONE);
            await().until(() -> watch.out().contains(" late"));
            assertThat(membership.isValid()).isTrue();
            membership.update(Capabilities.of("x"));
            await().until(() -> watch.out().contains("updated"));
            membership.close();
            assertThat(watch.status()).isZero();
            assertThat(watch.out().lines()).hasSize(3).last().asString().contains("left", "late");
        }
    }

    @Test
    void aLockIsWatchedFromFreeToFree() {
        Invocation watch = Invocation.start("watch", "--lock", "orders", "--count", "3", "--store", url, "--json");
        await().until(() -> watch.out().contains("free"));
        LockHandle held = other.lock("orders").acquire(Invocation.DEADLINE);
        await().until(() -> watch.out().contains("holds\""));
        held.close();
        assertThat(watch.status()).isZero();
        assertThat(watch.out()).contains("\"event\":\"released\"");
    }

    @Test
    void anElectionIsWatched() {
        Invocation watch = Invocation.start("watch", "--election", "e", "--count", "2", "--store", url);
        await().until(() -> watch.out().contains("nobody leads"));
        try (Candidacy candidacy = other.election("e").run(leadership -> {})) {
            assertThat(watch.status()).isZero();
            assertThat(watch.out()).contains("leader   other");
            // Who watches the store may know before the candidate has read its own answer.
            await().until(() -> candidacy.leadership().isPresent());
        }
    }

    @Test
    void benchMeasuresEachThing() {
        String results = Invocation.run(0, "bench", url, "--rounds", "1", "--round", "5ms")
                .out();
        assertThat(results.lines()).hasSize(5).first().asString().contains("MEDIAN");
        assertThat(Invocation.run(2, "bench", url, "--rounds", "0").err()).contains("at least 1");
    }

    @Test
    void aComparisonSaysWhereItCanBeMadeWhereThePeersAreMissing() {
        assertThat(Invocation.run(2, "bench", url, "--against", "raw").err())
                .contains("working copy")
                .contains("--against raw");
    }

    @Test
    void oneWhoStandsTellsOfItsTermsUntilItIsStopped() {
        Invocation elect = Invocation.start("elect", "e", "--store", url, "--member", "me");
        await().until(() -> elect.out().contains("leading e, term "));
        elect.interrupt();
        assertThat(elect.status()).isZero();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> other.election("e").leader().isEmpty());
    }
}
