package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker sees each kind of breach in a history written by hand. */
class DirectoryHistoryTest {

    private final DirectoryHistory history = new DirectoryHistory("d");

    private static Commit commit(String words) {
        return HistoryText.commit("d", List.of(words.split(" ")));
    }

    private static Listing listing(String words) {
        return HistoryText.listing(Arrays.asList(words.split(" ")));
    }

    private void applied(String client, long start, long end, String commit, long revision) {
        history.add(Operation.settled(client, start, end, commit(commit), revision));
    }

    private void refused(String client, long start, long end, String commit, Guard by, String seen) {
        CommitResult result = new CommitResult.Refused(by, Snapshot.of(listing(seen)));
        history.add(Operation.committed(client, start, end, commit(commit), result));
    }

    private void listed(String client, long start, long end, String seen) {
        history.add(Operation.listed(client, start, end, listing(seen)));
    }

    private List<String> breaches() {
        return new ArrayList<>(history.breaches(true));
    }

    @Test
    void aHistoryInOneOrderPasses() {
        applied("a", 0, 10, "absent:x put:x:1", 5);
        applied("b", 5, 15, "at:x:5 put:x:2", 6);
        refused("a", 11, 20, "at:x:5 put:x:3", new Guard.At("x", 5), "6 x:2:5:6");
        listed("b", 2, 12, "5 x:1:5:5");
        listed("b", 2, 3, "3");
        listed("a", 21, 22, "9 x:2:5:6");
        assertThat(breaches()).isEmpty();
    }

    @Test
    void aRevisionGivenOutTwiceIsSeen() {
        applied("a", 0, 1, "put:x:1", 5);
        applied("b", 2, 3, "put:y:1", 5);
        assertThat(breaches()).anyMatch(breach -> breach.startsWith("a revision given out twice"));
    }

    @Test
    void aGuardThatDidNotHoldIsSeen() {
        applied("a", 0, 10, "absent:x put:x:1", 5);
        applied("b", 0, 10, "absent:x put:x:2", 6);
        assertThat(breaches()).singleElement().asString().startsWith("applied although");
    }

    @Test
    void aRefusalWithoutAReasonIsSeen() {
        applied("a", 0, 1, "put:x:1", 5);
        refused("a", 2, 3, "present:x put:y:1", new Guard.Present("x"), "5 x:1:5:5");
        assertThat(breaches()).singleElement().asString().startsWith("refused although");
    }

    @Test
    void aListingOfTwoStatesIsSeen() {
        applied("a", 0, 1, "put:x:1 put:y:1", 5);
        applied("a", 2, 3, "put:x:2 put:y:2", 6);
        listed("b", 0, 9, "6 x:1:5:5 y:2:5:6");
        assertThat(breaches()).singleElement().asString().startsWith("seen at 6");
    }

    @Test
    void aCommitBeforeOneThatHadEndedIsSeen() {
        applied("a", 0, 1, "put:x:1", 6);
        applied("b", 2, 3, "put:x:2", 5);
        assertThat(breaches()).singleElement().asString().startsWith("applied before something that had ended");
    }

    @Test
    void aStaleListingIsSeenAndAllowedWhereAListingMayLag() {
        applied("a", 0, 1, "put:x:1", 5);
        listed("b", 2, 3, "4");
        assertThat(breaches()).singleElement().asString().startsWith("saw a state older");
        assertThat(history.breaches(false)).isEmpty();
        listed("a", 4, 5, "4");
        assertThat(history.breaches(false)).hasSize(1);
    }

    @Test
    void whatAKilledProcessHadUnderWayIsResolvedByItsMark() {
        List<String> lines = List.of(
                "begin 1 10 put:x:1 put:log-w:1 ;",
                "end 1 20 applied 5 5 log-w:1:5:5 x:1:5:5 ;",
                "begin 2 30 delete:x put:log-w:2 ;",
                "end 2 40 appl");
        HistoryReader.read(lines, "d", "w", listing("6 log-w:2:5:6"), history);
        listed("b", 50, 60, "6 log-w:2:5:6");
        assertThat(breaches()).isEmpty();
    }
}
