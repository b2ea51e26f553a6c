package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.store.Listing;
import dev.muster.store.TimeoutException;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.memory.MemoryStore;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes too late for the caller of a blocking method is closed, not left behind. */
class LateAnswerTest {

    private final MemoryStore memory = MemoryStore.create();
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    private final class GatedListings extends ForwardingStore {
        GatedListings() {
            super(memory);
        }

        @Override
        public CompletableFuture<Listing> list(String directory) {
            return gate.thenCompose(open -> super.list(directory));
        }

        @Override
        public Watch watch(String directory, WatchOptions options, WatchListener listener) {
            Watch watch = super.watch(directory, options, event -> gate.thenRun(() -> listener.onEvent(event)));
            watches.add(watch);
            return () -> {
                watches.remove(watch);
                watch.close();
            };
        }
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private Coordinator coordinator() {
        return Coordinator.over(
                        new GatedListings(),
                        CoordinatorOptions.member("one")
                                .operationTimeout(Patience.scaled(Duration.ofMillis(500)))
                                .build())
                .start();
    }

    private Coordinator prompt() {
        return Coordinator.over(memory, CoordinatorOptions.member("other").build())
                .start();
    }

    @Test
    void aGroupThatWasWatchedTooLateIsWatchedNoMore() {
        try (Coordinator one = coordinator();
                Coordinator other = prompt()) {
            other.group("g").create();
            assertThatThrownBy(() -> one.group("g").watch(event -> {})).isInstanceOf(TimeoutException.class);
            gate.complete(null);
            Patience.await("no watch that is left")
                    .untilAsserted(() -> assertThat(watches).isEmpty());
        }
    }

    @Test
    void aPartitionedGroupThatWasJoinedTooLateIsLeft() {
        try (Coordinator one = coordinator();
                Coordinator other = prompt()) {
            assertThatThrownBy(() -> one.partition("g", PartitionOptions.DEFAULT))
                    .isInstanceOf(TimeoutException.class);
            assertThat(other.group("g").membersWithCapabilities()).containsOnlyKeys("one");
            gate.complete(null);
            Patience.await("a group without a member, and no watch that is left")
                    .untilAsserted(() -> {
                        assertThat(other.group("g").members()).isEmpty();
                        assertThat(watches).isEmpty();
                    });
        }
    }
}
