package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Session;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which directories a store names. */
abstract class DirectoriesPromises extends Promises {

    DirectoriesPromises(StoreContract engine) {
        super(engine);
    }

    private void make(String... paths) {
        for (String path : paths) {
            apply(in(root + "/" + path).put("a", text("1")));
        }
    }

    private List<String> below(String prefix) {
        return directories(root + "/" + prefix).stream()
                .map(path -> path.substring(root.length() + 1))
                .toList();
    }

    @Test
    void thoseThatHoldAnEntryAreNamedAndNoOthers() {
        make("locks/a", "locks/b", "groups/a/b");
        list(store, root + "/locks/listed");
        watch(store, root + "/locks/watched", dev.muster.store.WatchOptions.ALL).awaitListed();
        apply(in(root + "/locks/emptied").put("a", text("1")));
        apply(in(root + "/locks/emptied").delete("a"));
        refused(commit(
                in(root + "/locks/refused").present("a").put("b", text("1")).build()));
        assertThat(below("")).containsExactly("groups/a/b", "locks/a", "locks/b");
    }

    @Test
    void aPrefixOfWholeOrPartSegmentsSelects() {
        make("locks/a", "locks/ab", "locks/a/c", "lock", "locksmith", "other/locks/a");
        assertThat(below("locks/")).containsExactly("locks/a", "locks/a/c", "locks/ab");
        assertThat(below("locks/a")).containsExactly("locks/a", "locks/a/c", "locks/ab");
        assertThat(below("locks/ab")).containsExactly("locks/ab");
        assertThat(below("lock")).containsExactly("lock", "locks/a", "locks/a/c", "locks/ab", "locksmith");
        assertThat(below("none")).isEmpty();
    }

    @Test
    void anEmptyPrefixSelectsAll() {
        make("a", "b");
        assertThat(directories("")).contains(root + "/a", root + "/b");
    }

    @Test
    void theyAreInTheOrderOfTheirBytes() {
        make("\uD83D\uDE00", "\uE000", "b", "B", "é");
        assertThat(below("")).containsExactly("B", "b", "é", "\uE000", "\uD83D\uDE00");
    }

    @Test
    void aPrefixIsTakenLiterallyAndToTheLetter() {
        make("a_c", "abc", "a%c", "a*c", "A_C", "a\\c");
        assertThat(below("a_")).containsExactly("a_c");
        assertThat(below("a%")).containsExactly("a%c");
        assertThat(below("a*")).containsExactly("a*c");
        assertThat(below("a\\")).containsExactly("a\\c");
        assertThat(below("A")).containsExactly("A_C");
    }

    @Test
    void oneThatASessionLeftEmptyIsNoLongerNamed() {
        Session session = session();
        apply(in(root + "/owned").as(session).putOwned("a", text("1")));
        assertThat(below("")).containsExactly("owned");
        session.close();
        assertThat(below("")).isEmpty();
    }

    @Test
    void manyAreAllNamed() {
        for (int i = 0; i < 300; i++) {
            make("many/" + i);
        }
        assertThat(below("many/")).hasSize(300).doesNotHaveDuplicates();
    }
}
