package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Entry;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a watch tells. */
abstract class WatchPromises extends Promises {

    WatchPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aWatchFirstTellsAFullListing() {
        apply(in().put("a", text("1")));
        apply(in().put("b", text("1")));
        WatchRecorder recorder = watch().awaitListed();
        assertThat(recorder.events().get(0)).isInstanceOfSatisfying(WatchEvent.Listed.class, listed -> {
            assertThat(listed.fresh()).isFalse();
            assertThat(listed.listing().entries()).isEqualTo(list().entries());
        });
        recorder.verify();
    }

    @Test
    void aWatchOfADirectoryThatDoesNotExistYetStartsEmptyAndTellsItsFirstEntry() {
        WatchRecorder recorder = watch().awaitListed();
        assertThat(recorder.view().entries()).isEmpty();
        apply(in().put("a", text("1")));
        recorder.awaitNames("a");
        recorder.awaitStateOf(store, directory);
    }

    @Test
    void everyKindOfChangeIsTold() {
        WatchRecorder recorder = watch().awaitListed();
        apply(in().put("a", text("1")));
        recorder.awaitStateOf(store, directory);
        apply(in().put("a", text("2")).put("b", text("1")));
        recorder.awaitStateOf(store, directory);
        apply(in().delete("a"));
        recorder.awaitNames("b");
        apply(
                in().append("q-", text("1")).isEmpty()
                        ? in()
                        : in().put("c", text("1")).delete("b"));
        recorder.awaitNames("c");
        apply(in().delete("c"));
        recorder.awaitNames();
        apply(in().put("a", text("3")));
        recorder.awaitNames("a");
        recorder.awaitStateOf(store, directory);
    }

    @Test
    void aChangeOfAnotherClientIsToldToo() {
        Store other = open();
        WatchRecorder recorder = watch(other, directory, WatchOptions.ALL).awaitListed();
        apply(in().put("a", text("1")));
        recorder.awaitNames("a");
        apply(other, in().put("b", text("1")));
        recorder.awaitNames("a", "b");
        apply(in().delete("a"));
        recorder.awaitNames("b");
        recorder.awaitStateOf(store, directory);
    }

    @Test
    void noChangeFallsBetweenTheListingAndTheChangesThatFollow() {
        for (int round = 0; round < 20; round++) {
            String prefix = "n" + round + "-";
            List<Callable<List<WatchRecorder>>> tasks = List.of(
                    () -> {
                        for (int i = 0; i < 30; i++) {
                            apply(in().put(prefix + i, text("1")));
                        }
                        return List.of();
                    },
                    () -> List.of(watch(), watch(), watch(), watch(), watch()));
            for (WatchRecorder recorder : Concurrently.call(tasks).get(1)) {
                recorder.awaitStateOf(store, directory);
                recorder.close();
            }
        }
    }

    @Test
    void aReplacedEntryShowsAnotherCreatingRevision() {
        for (int round = 0; round < 10; round++) {
            WatchRecorder recorder = round % 2 == 0 ? watch() : watch().awaitListed();
            long first = apply(in().put("a", text("1")));
            recorder.awaitStateOf(store, directory);
            apply(in().delete("a"));
            long second = apply(in().put("a", text("1")));
            recorder.awaitStateOf(store, directory);
            assertThat(recorder.view().find("a"))
                    .hasValueSatisfying(entry ->
                            assertThat(entry.created()).isEqualTo(second).isGreaterThan(first));
            recorder.close();
            apply(in().delete("a"));
        }
    }

    @Test
    void withEveryChangeEachCommitIsToldByItselfWithItsRevision() {
        requires(Trait.EVERY_CHANGE);
        WatchRecorder recorder = watch().awaitListed();
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            revisions.add(apply(in().put("a", text("" + i)).put("b", text("" + i))));
        }
        revisions.add(apply(in().delete("a")));
        recorder.awaitStateOf(store, directory);
        List<WatchEvent> changes =
                recorder.events().subList(1, recorder.events().size());
        assertThat(changes).extracting(WatchEvent::revision).isEqualTo(revisions);
        assertThat(changes)
                .allSatisfy(event -> assertThat(((WatchEvent.Changed) event).puts())
                        .allMatch(put -> put.modified() == event.revision()));
    }

    /** After a loss a watch continues with a fresh listing, which tells no removals: so once in twenty is asked for. */
    @Test
    void aChangeTellsWhichIncarnationWasRemoved() {
        List<WatchEvent.Removal> expected = new ArrayList<>();
        List<WatchEvent.Removal> told = new ArrayList<>();
        for (int round = 0; round < 20 && told.isEmpty(); round++) {
            expected.add(new WatchEvent.Removal("a", apply(in().put("a", text("1")))));
            try (WatchRecorder recorder = watch().awaitListed()) {
                apply(in().delete("a"));
                recorder.awaitNames();
                recorder.events().stream()
                        .filter(WatchEvent.Changed.class::isInstance)
                        .forEach(event -> told.addAll(((WatchEvent.Changed) event).removals()));
            }
        }
        assertThat(told).isNotEmpty().containsExactly(expected.get(expected.size() - 1));
    }

    @Test
    void aFilterShowsNothingButTheNamesOfInterest() {
        apply(in().put("a", text("1")).put("b", text("1")).put("c", text("1")));
        WatchRecorder recorder =
                watch(store, directory, WatchOptions.names("b", "d")).awaitListed();
        assertThat(recorder.view().names()).containsExactly("b");
        apply(in().put("a", text("2")));
        apply(in().put("b", text("2")).put("c", text("2")));
        apply(in().delete("a").delete("c"));
        apply(in().put("d", text("1")).put("e", text("1")));
        recorder.awaitNames("b", "d");
        Entry b = entry("b");
        assertThat(recorder.view().find("b")).contains(b);
        apply(in().delete("b"));
        recorder.awaitNames("d");
        for (WatchEvent event : recorder.events()) {
            if (event instanceof WatchEvent.Changed changed) {
                assertThat(changed.puts()).extracting(Entry::name).isSubsetOf("b", "d");
                assertThat(changed.removals())
                        .extracting(WatchEvent.Removal::name)
                        .isSubsetOf("b", "d");
            }
        }
    }

    @Test
    void manyWatchesOfOneDirectoryAllEndCurrent() {
        List<WatchRecorder> recorders = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            recorders.add(watch());
        }
        for (int i = 0; i < 50; i++) {
            apply(in().put("n" + i % 7, text("" + i)));
        }
        recorders.forEach(recorder -> recorder.awaitStateOf(store, directory));
    }

    @Test
    void oneClientMayWatchManyDirectories() {
        List<WatchRecorder> recorders = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            recorders.add(watch(store, root + "/many/" + i, WatchOptions.ALL));
        }
        for (int i = 0; i < 100; i++) {
            apply(in(root + "/many/" + i).put("n" + i, text("1")));
        }
        for (int i = 0; i < 100; i++) {
            recorders.get(i).awaitNames("n" + i);
        }
    }
}
