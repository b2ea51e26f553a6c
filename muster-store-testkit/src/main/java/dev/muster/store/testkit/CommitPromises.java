package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one client sees of its own commits. */
abstract class CommitPromises extends Promises {

    CommitPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void aDirectoryThatNobodyWroteIsEmpty() {
        assertThat(list().entries()).isEmpty();
    }

    @Test
    void aPutCreatesAnEntryAtTheRevisionOfItsCommit() {
        long revision = apply(in().put("a", text("1")));
        assertThat(list().entries()).containsExactly(new Entry("a", text("1"), revision, revision, null));
        assertThat(list().revision()).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void aPutOfAnExistingEntryKeepsItsCreationAndMovesItsRevision() {
        long created = apply(in().put("a", text("1")));
        apply(in().put("b", text("1")));
        long modified = apply(in().put("a", text("2")));
        assertThat(modified).isGreaterThan(created);
        assertThat(entry("a")).isEqualTo(new Entry("a", text("2"), created, modified, null));
        assertThat(list().names()).containsExactly("a", "b");
    }

    @Test
    void aPutOfTheSameValueMovesTheRevisionToo() {
        long first = apply(in().put("a", text("1")));
        long second = apply(in().put("a", text("1")));
        assertThat(second).isGreaterThan(first);
        assertThat(entry("a").modified()).isEqualTo(second);
    }

    @Test
    void allChangesOfACommitTakeEffectAtItsRevision() {
        apply(in().put("gone", text("1")).put("kept", text("1")));
        long revision = apply(in().put("a", text("1")).put("kept", text("2")).delete("gone"));
        assertThat(list().names()).containsExactly("kept", "a");
        assertThat(list().entries()).extracting(Entry::modified).containsOnly(revision);
    }

    @Test
    void deletingAnAbsentNameDoesNothing() {
        long before = apply(in().put("a", text("1")));
        long revision = apply(in().delete("b"));
        assertThat(revision).isGreaterThan(before);
        assertThat(list().entries()).containsExactly(new Entry("a", text("1"), before, before, null));
    }

    @Test
    void everyAppliedCommitTakesANewRevisionEvenOneThatChangesNothing() {
        List<Long> revisions = new ArrayList<>();
        revisions.add(apply(in().put("a", text("1"))));
        revisions.add(apply(in().delete("nothing")));
        revisions.add(apply(in().present("a")));
        revisions.add(apply(in()));
        revisions.add(apply(in().delete("a")));
        revisions.add(apply(in().delete("a")));
        revisions.add(apply(in().put("a", text("1"))));
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aDeletedEntryThatIsPutAgainIsAnotherIncarnationAndTheYoungest() {
        long first = apply(in().put("a", text("1")));
        apply(in().put("b", text("1")));
        apply(in().delete("a"));
        long second = apply(in().put("a", text("1")));
        assertThat(second).isGreaterThan(first);
        assertThat(entry("a").created()).isEqualTo(second);
        assertThat(list().names()).containsExactly("b", "a");
    }

    @Test
    void entriesAreListedInOrderOfCreation() {
        List<String> names = List.of("m", "z", "a", "k", "10", "9");
        names.forEach(name -> apply(in().put(name, text("1"))));
        apply(in().put("z", text("2")));
        assertThat(list().names()).isEqualTo(names);
    }

    @Test
    void entriesOfOneCommitAreListedInTheOrderOfTheirNamesBytes() {
        // U+E000 comes before U+1F600 in UTF-8 and after it in UTF-16.
        String[] sorted = {"A", "B", "a", "ab", "b", "é", "\uE000", "\uFFFD", "\uD83D\uDE00", "\uD83D\uDE01"};
        Commit.Builder builder = in();
        for (int i : new int[] {8, 3, 9, 0, 6, 5, 1, 7, 4, 2}) {
            builder.put(sorted[i], text("1"));
        }
        CommitResult result = commit(builder.build(Commit.Reply.NAMES));
        assertThat(result.names()).containsExactly(sorted);
        assertThat(list().names()).containsExactly(sorted);
    }

    @Test
    void valuesComeBackByteForByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        apply(in().put("empty", Bytes.EMPTY).put("all", Bytes.copyOf(all)).put("text", text("'\";--\\%_\u0000😀")));
        assertThat(entry("empty").value()).isEqualTo(Bytes.EMPTY);
        assertThat(entry("all").value()).isEqualTo(Bytes.copyOf(all));
        assertThat(entry("text").value()).isEqualTo(text("'\";--\\%_\u0000😀"));
    }

    @Test
    void namesThatDifferInCaseOrFormAreDifferentNames() {
        apply(in().put("a", text("1"))
                .put("A", text("2"))
                .put("a ", text("3"))
                .put("é", text("4"))
                .put("e\u0301", text("5")));
        assertThat(list().entries()).hasSize(5);
        assertThat(entry("A").value()).isEqualTo(text("2"));
        assertThat(entry("e\u0301").value()).isEqualTo(text("5"));
    }

    @Test
    void directoriesHaveNothingToDoWithEachOther() {
        apply(in(root + "/x").put("a", text("x")));
        apply(in(root + "/x/y").put("a", text("y")));
        apply(in(root + "/X").put("a", text("X")));
        apply(in(root + "/x").delete("a"));
        assertThat(list(store, root + "/x").entries()).isEmpty();
        assertThat(list(store, root + "/x/y").entries())
                .extracting(Entry::value)
                .containsExactly(text("y"));
        assertThat(list(store, root + "/X").entries()).extracting(Entry::value).containsExactly(text("X"));
    }

    @Test
    void appendedNamesAreKnownBeforehandUniqueAndInOrderOfTheirCommits() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Commit.Builder builder = in();
            names.add(builder.append("q-", text("one")));
            CommitResult.Applied result = applied(commit(builder.build(Commit.Reply.NAMES)));
            assertThat(result.names()).isEqualTo(names);
        }
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.startsWith("q-"));
        assertThat(list().names()).isEqualTo(names);
    }

    @Test
    void severalAppendsOfOneCommitHaveNamesOfTheirOwn() {
        Commit.Builder builder = in();
        List<String> names = List.of(
                builder.append("b-", text("1")), builder.append("a-", text("2")), builder.append("a-", text("3")));
        long revision = apply(builder);
        assertThat(list().names()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(list().entries()).extracting(Entry::created).containsOnly(revision);
        assertThat(list().entries()).isSortedAccordingTo(Entry.CREATION_ORDER);
    }

    @Test
    void anAppendMayBeTriedAgainUnderTheSameNameGuardedByItsAbsence() {
        Commit.Builder first = in();
        String name = first.append("q-", text("1"));
        apply(first);
        Commit again = in().absent(name)
                .change(new Change.Append(name, text("1"), false))
                .build();
        assertThat(refused(commit(again)).guard()).isEqualTo(new Guard.Absent(name));
        apply(in().delete(name));
        Commit third = in().absent(name)
                .change(new Change.Append(name, text("2"), false))
                .build();
        assertThat(applied(commit(third)).revision()).isEqualTo(entry(name).created());
    }

    @Test
    void aCommitAnswersTheNamesOrEntriesThatItWasAskedFor() {
        apply(in().put("a", text("1")));
        CommitResult.Applied names = applied(commit(in().put("b", text("1")).build(Commit.Reply.NAMES)));
        assertThat(names.names()).containsExactly("a", "b");
        CommitResult.Applied entries =
                applied(commit(in().put("c", text("1")).delete("a").build(Commit.Reply.ENTRIES)));
        assertThat(entries.names()).containsExactly("b", "c");
        assertThat(entries.listing().entries()).isEqualTo(list().entries());
        assertThat(entries.listing().revision()).isGreaterThanOrEqualTo(entries.revision());
        assertThat(entries.snapshot().revision()).isGreaterThanOrEqualTo(entries.revision());
    }

    @Test
    void aRefusedCommitAnswersThemToo() {
        long revision = apply(in().put("a", text("1")).put("b", text("1")));
        Listing before = list();
        CommitResult names = commit(in().absent("a").put("c", text("1")).build(Commit.Reply.NAMES));
        assertThat(refused(names).names()).containsExactly("a", "b");
        CommitResult entries = commit(in().absent("a").put("c", text("1")).build(Commit.Reply.ENTRIES));
        assertThat(refused(entries).listing().entries()).isEqualTo(before.entries());
        assertThat(refused(entries).snapshot().revision()).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void aCommitIsSentOnce() {
        Commit commit = in().put("a", text("1")).build();
        long revision = applied(commit(commit)).revision();
        assertThat(failureOf(store.commit(commit))).isInstanceOf(InvalidArgument.class);
        assertThat(entry("a").modified()).isEqualTo(revision);
    }

    @Test
    void aCommitOfAsManyChangesAsAllowedAppliesWhole() {
        int count = store.limits().commitChanges();
        for (int round = 0; round < 3; round++) {
            Commit.Builder builder = in();
            for (int i = 0; i < count; i++) {
                builder.put("n" + i, text("round " + round));
            }
            long revision = apply(builder);
            assertThat(list().entries()).hasSize(count);
            assertThat(list().entries()).extracting(Entry::modified).containsOnly(revision);
        }
        Commit.Builder deletes = in();
        for (int i = 0; i < count; i++) {
            deletes.delete("n" + i);
        }
        apply(deletes);
        assertThat(list().entries()).isEmpty();
    }
}
