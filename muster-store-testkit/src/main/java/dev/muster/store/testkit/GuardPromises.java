package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a guard holds, and that one which does not leaves everything as it was. */
abstract class GuardPromises extends Promises {

    GuardPromises(StoreContract engine) {
        super(engine);
    }

    private void holds(Guard guard) {
        apply(in().guard(guard).put("probe", text("1")));
        apply(in().delete("probe"));
    }

    private void fails(Guard guard) {
        Listing before = list();
        Commit commit = in().guard(guard)
                .put("probe", text("1"))
                .put(guard.name(), text("overwritten"))
                .build();
        assertThat(refused(commit(commit)).guard()).isEqualTo(guard);
        assertThat(list().entries()).isEqualTo(before.entries());
    }

    @Test
    void absentHoldsWhereNoEntryHasTheName() {
        holds(new Guard.Absent("a"));
        apply(in().put("a", text("1")));
        fails(new Guard.Absent("a"));
        apply(in().delete("a"));
        holds(new Guard.Absent("a"));
    }

    @Test
    void presentHoldsWhereAnEntryHasTheName() {
        fails(new Guard.Present("a"));
        apply(in().put("a", text("1")));
        holds(new Guard.Present("a"));
        fails(new Guard.Present("A"));
        apply(in().delete("a"));
        fails(new Guard.Present("a"));
    }

    @Test
    void atHoldsForTheRevisionOfTheLastPutAlone() {
        long first = apply(in().put("a", text("1")));
        holds(new Guard.At("a", first));
        long second = apply(in().put("a", text("1")));
        holds(new Guard.At("a", second));
        fails(new Guard.At("a", first));
        fails(new Guard.At("a", second + 1));
        fails(new Guard.At("a", 0));
        fails(new Guard.At("b", second));
        apply(in().delete("a"));
        fails(new Guard.At("a", second));
        fails(new Guard.At("a", 0));
    }

    @Test
    void createdHoldsForTheSameIncarnationAlone() {
        long first = apply(in().put("a", text("1")));
        holds(new Guard.Created("a", first));
        long moved = apply(in().put("a", text("2")));
        holds(new Guard.Created("a", first));
        fails(new Guard.Created("a", moved));
        fails(new Guard.Created("b", first));
        apply(in().delete("a"));
        fails(new Guard.Created("a", first));
        long second = apply(in().put("a", text("1")));
        fails(new Guard.Created("a", first));
        holds(new Guard.Created("a", second));
    }

    @Test
    void noRevisionOfAnEarlierIncarnationEverHoldsAgain() {
        List<Long> seen = new ArrayList<>();
        for (int incarnation = 0; incarnation < 6; incarnation++) {
            // A varying number of puts: an engine that compares a version which restarts would meet an old one.
            for (int puts = 0; puts <= incarnation % 3; puts++) {
                seen.add(apply(in().put("a", text("1"))));
            }
            long now = seen.get(seen.size() - 1);
            for (long old : seen.subList(0, seen.size() - 1)) {
                fails(new Guard.At("a", old));
            }
            holds(new Guard.At("a", now));
            apply(in().delete("a"));
            for (long old : seen) {
                fails(new Guard.At("a", old));
                fails(new Guard.Created("a", old));
            }
        }
    }

    @Test
    void guardsSeeTheStateBeforeTheChanges() {
        long revision = apply(in().absent("a").put("a", text("1")));
        apply(in().at("a", revision).created("a", revision).put("a", text("2")));
        apply(in().present("a").delete("a"));
        assertThat(list().entries()).isEmpty();
    }

    @Test
    void oneFailingGuardOfManyRefusesTheCommitAndIsNamed() {
        long revision = apply(in().put("a", text("1")).put("b", text("1")));
        Listing before = list();
        Commit commit = in().present("a")
                .at("b", revision)
                .absent("b")
                .created("a", revision)
                .put("a", text("2"))
                .delete("b")
                .build();
        assertThat(refused(commit(commit)).guard()).isEqualTo(new Guard.Absent("b"));
        assertThat(list().entries()).isEqualTo(before.entries());
    }

    @Test
    void severalGuardsMayNameOneEntry() {
        long created = apply(in().put("a", text("1")));
        long modified = apply(in().put("a", text("2")));
        apply(in().present("a").at("a", modified).created("a", created).put("a", text("3")));
        assertThat(entry("a").value()).isEqualTo(text("3"));
    }

    @Test
    void aGuardMayNameAnEntryThatTheCommitDoesNotChange() {
        long revision = apply(in().put("fence", text("1")));
        apply(in().at("fence", revision).put("a", text("1")));
        assertThat(entry("fence").modified()).isEqualTo(revision);
        apply(in().put("fence", text("2")));
        Commit late = in().at("fence", revision).put("a", text("2")).build();
        refused(commit(late));
        assertThat(entry("a").value()).isEqualTo(text("1"));
    }
}
