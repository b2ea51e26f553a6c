package dev.muster.coordination.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.group.GroupEvent.Deleted;
import dev.muster.coordination.group.GroupEvent.Joined;
import dev.muster.coordination.group.GroupEvent.Left;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a group's follower makes of the events that a store may tell, folded and repeated ones among them. */
class GroupFollowerTest {

    private final List<GroupEvent> told = new ArrayList<>();
    private final GroupFollower follower = new GroupFollower("g", told::add);

    private static Entry meta(long created) {
        return new Entry(Group.META, Bytes.EMPTY, created, created, null);
    }

    private static Entry member(String id, long created) {
        return new Entry(MemberEntry.name(id), Bytes.EMPTY, created, created, "session");
    }

    private void listed(long revision, Entry... entries) {
        follower.onEvent(new WatchEvent.Listed(new Listing(revision, List.of(entries)), revision > 1));
    }

    private void changed(long revision, List<Entry> puts, WatchEvent.Removal... removals) {
        follower.onEvent(new WatchEvent.Changed(revision, puts, List.of(removals)));
    }

    private List<String> summary() {
        return told.stream()
                .map(event -> event instanceof Joined joined
                        ? "+" + joined.member().id()
                        : event instanceof Left left ? "-" + left.member().id() : event instanceof Deleted ? "x" : "~")
                .toList();
    }

    @Test
    void aDeletionIsToldOnceHoweverManyListingsShowIt() {
        listed(1, meta(1));
        changed(2, List.of(), new WatchEvent.Removal(Group.META, 1));
        listed(3);
        listed(4);
        assertThat(summary()).containsExactly("x");
    }

    @Test
    void aGroupThatNeverWasIsNotToldToBeDeleted() {
        listed(1);
        listed(2);
        changed(3, List.of(meta(3)));
        assertThat(summary()).isEmpty();
    }

    @Test
    void aGroupThatWasReplacedInOneFoldedChangeIsToldInOrder() {
        listed(1, meta(1), member("a", 1));
        changed(9, List.of(member("a", 9), member("b", 9), meta(8)));
        assertThat(summary()).containsExactly("-a", "x", "+a", "+b");
    }

    @Test
    void aGroupThatWasReplacedBetweenTwoListingsIsToldInOrder() {
        listed(1, meta(1), member("a", 1));
        listed(9, member("b", 9), meta(9));
        assertThat(summary()).containsExactly("-a", "x", "+b");
    }

    @Test
    void membersThatLeftUnseenAreToldInTheOrderInWhichTheyJoined() {
        listed(1, meta(1), member("c", 1), member("a", 2), member("b", 3));
        listed(9, meta(1));
        assertThat(summary()).containsExactly("-c", "-a", "-b");
    }

    @Test
    void whatIsNoNewerThanTheFirstListingIsNoNews() {
        listed(5, meta(1), member("a", 4));
        follower.onEvent(new WatchEvent.Listed(new Listing(2, List.of(meta(1), member("gone", 2))), false));
        changed(3, List.of(), new WatchEvent.Removal(MemberEntry.name("gone"), 2));
        changed(4, List.of(member("a", 4)));
        assertThat(summary()).isEmpty();
        changed(6, List.of(member("b", 6)));
        assertThat(summary()).containsExactly("+b");
    }

    @Test
    void aListenerThatThrowsAtOneEventOfAChangeIsToldTheOthers() {
        List<GroupEvent> all = new ArrayList<>();
        GroupFollower thrown = new GroupFollower("g", event -> {
            all.add(event);
            throw new IllegalStateException("a listener that throws, as planned");
        });
        thrown.onEvent(new WatchEvent.Listed(new Listing(1, List.of(meta(1))), false));
        thrown.onEvent(new WatchEvent.Changed(2, List.of(member("a", 2), member("b", 2)), List.of()));
        assertThat(all).hasSize(2);
        assertThat(thrown.members()).extracting(Member::id).containsExactly("a", "b");
    }
}
