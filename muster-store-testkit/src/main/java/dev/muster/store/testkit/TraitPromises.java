package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.InvalidArgument;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.WatchOptions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a store says of itself, and what it leaves behind. */
abstract class TraitPromises extends Promises {

    /** Each of these traits is a stronger form of the other. */
    private static final Map<Trait, Trait> STRONGER = Map.of(
            Trait.DISTRIBUTED_ACROSS_HOSTS, Trait.DISTRIBUTED_ACROSS_PROCESSES,
            Trait.DISTRIBUTED_ACROSS_PROCESSES, Trait.DISTRIBUTED_ACROSS_THREADS,
            Trait.LINEARIZABLE, Trait.SEQUENTIAL,
            Trait.SEQUENTIAL, Trait.CAUSAL,
            Trait.DURABLE_ACROSS_POWER_LOSS, Trait.DURABLE_ACROSS_CRASH);

    /** Threads of the JDK and of the test's own tools, which stay. */
    private static final String FOREIGN = "(ForkJoinPool|Common-Cleaner|Cleaner|process reaper|awaitility|junit).*";

    TraitPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aStrongerTraitComesWithTheWeakerOne() {
        Set<Trait> traits = store.traits();
        STRONGER.forEach((strong, weak) -> assertThat(!traits.contains(strong) || traits.contains(weak))
                .as(strong + " without " + weak)
                .isTrue());
        assertThat(traits).contains(Trait.DISTRIBUTED_ACROSS_THREADS);
    }

    @Test
    void twoClientsOfAStoreSayTheSameOfIt() {
        Store other = open();
        assertThat(other.engine()).isEqualTo(store.engine()).isNotBlank();
        assertThat(other.traits()).isEqualTo(store.traits());
        assertThat(other.limits()).isEqualTo(store.limits());
    }

    @Test
    void anUnknownOptionOfTheUrlIsRefusedByName() {
        String url = engine.url() + (engine.url().contains("?") ? "&" : "?") + "leese=5s";
        assertThatThrownBy(() -> Store.open(url))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("leese");
    }

    @Test
    void withSameViewAcrossClientsACommitIsSeenByAllOnceItWasAnswered() {
        requires(Trait.SAME_VIEW_ACROSS_CLIENTS);
        Store other = open();
        for (int i = 0; i < 50; i++) {
            apply(in().put("a", text("" + i)));
            assertThat(list(other, directory).entries()).isEqualTo(list().entries());
        }
    }

    @Test
    void unownedEntriesOutliveTheClientThatPutThem() {
        Store client = open();
        long revision = apply(client, in().put("a", text("1")));
        client.close();
        assertThat(entry("a").created()).isEqualTo(revision);
    }

    @Test
    void withDurabilityTheyOutliveTheLastClientToo() {
        requires(Trait.DURABLE_ACROSS_CRASH);
        long revision = apply(in().put("a", text("1")));
        store.close();
        store = open();
        assertThat(entry("a").created()).isEqualTo(revision);
        assertThat(apply(in().put("a", text("2")))).isGreaterThan(revision);
    }

    @Test
    void aClosedStoreLeavesNoThreadBehind() {
        store.close();
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        Store client = open();
        Session session = session(client);
        WatchRecorder recorder = watch(client, directory, WatchOptions.ALL).awaitListed();
        apply(client, in().as(session).putOwned("a", text("1")));
        recorder.awaitNames("a");
        client.close();
        Patience.await("the end of a closed store's threads")
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread -> !before.contains(thread) && thread.isAlive())
                        .extracting(Thread::getName)
                        .allMatch(name -> name.matches(FOREIGN)));
    }

    @Test
    void aClosedStoreLeavesNoEntryOfItsSessionsBehind() {
        Store client = open();
        for (int i = 0; i < 5; i++) {
            apply(client, in().as(session(client)).putOwned("n" + i, text("1")));
        }
        client.close();
        Patience.await("the end of a closed store's entries")
                .untilAsserted(() -> assertThat(list().entries()).isEmpty());
    }
}
