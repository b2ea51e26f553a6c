package dev.muster.coordination.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.InvalidArgument;
import dev.muster.store.memory.MemoryStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FencedDirectoryTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final MemoryStore store = MemoryStore.create();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void anOwnerWritesUntilALaterOneStamps() {
        FencedDirectory early = stamp(7);
        assertThat(put(early, "a").isApplied()).isTrue();
        FencedDirectory late = stamp(9);
        assertThat(late.found().names()).contains("a");
        assertThatThrownBy(() -> put(early, "b"))
                .isInstanceOfSatisfying(StaleToken.class, stale -> {
                    assertThat(stale.token()).isEqualTo(new FencingToken(7));
                    assertThat(stale.stamped()).contains(new FencingToken(9));
                })
                .hasMessageContaining("results/7")
                .hasMessageContaining("acquire again");
        assertThat(put(late, "c").isApplied()).isTrue();
        assertThat(store.list("results/7", SOON).names()).containsExactlyInAnyOrder("fence", "a", "c");
    }

    @Test
    void anEarlierOwnerCannotStampAnyMore() {
        stamp(9);
        assertThatThrownBy(() -> stamp(7)).isInstanceOf(StaleToken.class).hasMessageContaining("stamped it");
    }

    @Test
    void toStampTwiceWithOneTokenKeepsBothOfItsWritersAlive() {
        FencedDirectory first = stamp(7);
        FencedDirectory again = stamp(7);
        assertThat(put(first, "a").isApplied()).isTrue();
        assertThat(put(again, "b").isApplied()).isTrue();
    }

    @Test
    void aGuardOfTheContentIsAnAnswerAndNotAnError() {
        FencedDirectory own = stamp(7);
        put(own, "a");
        CommitResult again = own.commit(commit -> commit.absent("a").put("a", Bytes.EMPTY));
        assertThat(again)
                .isInstanceOfSatisfying(
                        CommitResult.Refused.class,
                        refused -> assertThat(refused.guard().name()).isEqualTo("a"));
    }

    @Test
    void withoutItsFenceADirectoryTrustsNoOldStamp() {
        FencedDirectory own = stamp(7);
        store.commit(Commit.in("results/7").delete("fence").build(), SOON);
        assertThatThrownBy(() -> put(own, "a")).isInstanceOf(StaleToken.class);
    }

    @Test
    void theFenceIsNotForOthers() {
        FencedDirectory own = stamp(7);
        assertThatThrownBy(() -> put(own, "fence"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("another name");
        store.commit(Commit.in("results/8").put("fence", Bytes.utf8("wood")).build(), SOON);
        assertThatThrownBy(() -> FencedDirectory.stamp(store, "results/8", new FencingToken(1), SOON))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("holds no token");
    }

    private FencedDirectory stamp(long token) {
        return FencedDirectory.stamp(store, "results/7", new FencingToken(token), SOON);
    }

    private static CommitResult put(FencedDirectory directory, String name) {
        return directory.commit(commit -> commit.put(name, Bytes.EMPTY));
    }
}
