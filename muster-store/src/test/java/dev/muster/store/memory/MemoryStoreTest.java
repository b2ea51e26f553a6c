package dev.muster.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @Test
    void storesOfOneNameShareWhatTheyHoldWhileOneIsOpen() {
        try (Store one = Store.open("memory://shared");
                Store two = Store.open("memory://shared")) {
            one.commit(Commit.in("d").put("a", Bytes.utf8("1")).build(), DEADLINE);
            assertThat(two.list("d", DEADLINE).names()).containsExactly("a");
        }
        try (Store later = Store.open("memory://shared")) {
            assertThat(later.list("d", DEADLINE).names()).isEmpty();
        }
    }

    @Test
    void aWatchTellsWhatASessionLeavesBehind() {
        try (MemoryStore store = MemoryStore.create()) {
            List<WatchEvent> events = new CopyOnWriteArrayList<>();
            store.watch("d", WatchOptions.ALL, events::add);
            // A watch begins with the state when it is first told, which may be that after all of this.
            await().untilAsserted(() -> assertThat(events).hasSize(1));
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            Commit.Builder builder = Commit.in("d").as(session);
            String name = builder.appendOwned("x-", Bytes.EMPTY);
            CommitResult result = store.commit(builder.build(Commit.Reply.NAMES), DEADLINE);
            assertThat(result.names()).containsExactly(name);
            session.close();
            await().untilAsserted(() -> assertThat(events.get(events.size() - 1))
                    .isInstanceOfSatisfying(
                            WatchEvent.Changed.class,
                            changed -> assertThat(changed.removals())
                                    .extracting(WatchEvent.Removal::name)
                                    .containsExactly(name)));
            assertThat(events.get(0)).isInstanceOf(WatchEvent.Listed.class);
        }
    }

    @Test
    void anUnknownOptionIsRefusedByName() {
        assertThatThrownBy(() -> Store.open("memory://x?leese=5s"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("leese");
    }
}
