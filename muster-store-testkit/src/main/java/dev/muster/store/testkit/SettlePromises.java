package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What became of a commit has one answer, and it stays. */
abstract class SettlePromises extends Promises {

    SettlePromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void anAppliedCommitSettlesAsAppliedAtItsRevision() {
        Commit commit = in().put("a", text("1")).build();
        long revision = applied(commit(commit)).revision();
        apply(in().put("a", text("2")));
        apply(in().delete("a"));
        for (int i = 0; i < 3; i++) {
            assertThat(settle(store, commit)).isEqualTo(new Settlement.Applied(revision));
        }
        assertThat(list().entries()).isEmpty();
    }

    @Test
    void aRefusedCommitSettlesAsNever() {
        Commit commit = in().present("a").put("b", text("1")).build();
        refused(commit(commit));
        apply(in().put("a", text("1")));
        assertThat(settle(store, commit)).isEqualTo(new Settlement.Never());
        assertThat(list().names()).containsExactly("a");
    }

    @Test
    void aCommitThatFailedSettlesAsNever() {
        Session ended = session();
        ended.close();
        apply(in().put("free", text("1")));
        List<Commit> faulty = List.of(
                in().as(ended).put("a", text("1")).build(),
                in().as(session()).putOwned("free", text("1")).build(),
                in().put("", text("1")).build());
        for (Commit commit : faulty) {
            failureOf(store.commit(commit));
            assertThat(settle(store, commit)).isEqualTo(new Settlement.Never());
            assertThat(settle(store, commit)).isEqualTo(new Settlement.Never());
        }
    }

    @Test
    void aCommitThatWasSettledUnsentCanNoLongerApply() {
        Commit commit = in().put("a", text("1")).build();
        assertThat(settle(store, commit)).isEqualTo(new Settlement.Never());
        assertThat(failureOf(store.commit(commit))).isInstanceOf(InvalidArgument.class);
        assertThat(list().entries()).isEmpty();
        assertThat(settle(store, commit)).isEqualTo(new Settlement.Never());
    }

    @Test
    void aCommitThatIsSettledWhileItIsSentHasOneFateForAll() {
        for (int round = 0; round < 100; round++) {
            String name = "n" + round;
            Commit commit = in().absent(name).put(name, text("1")).build();
            List<Callable<Optional<Settlement>>> tasks = new ArrayList<>();
            tasks.add(() -> sent(commit));
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> Optional.of(settle(store, commit)));
            }
            List<Settlement> answers = Concurrently.call(tasks).stream()
                    .flatMap(Optional::stream)
                    .distinct()
                    .toList();
            assertThat(answers).hasSize(1);
            assertThat(list().find(name).map(Entry::created))
                    .isEqualTo(
                            answers.get(0) instanceof Settlement.Applied applied
                                    ? Optional.of(applied.revision())
                                    : Optional.empty());
        }
    }

    /** What the sender itself was told. */
    private Optional<Settlement> sent(Commit commit) {
        try {
            return Optional.of(
                    commit(commit) instanceof CommitResult.Applied applied
                            ? new Settlement.Applied(applied.revision())
                            : new Settlement.Never());
        } catch (OutcomeUnknownException e) {
            return Optional.empty();
        } catch (MusterException e) {
            return Optional.of(new Settlement.Never());
        }
    }
}
