package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.GroupEvent.Deleted;
import dev.muster.coordination.group.GroupEvent.Joined;
import dev.muster.coordination.group.GroupEvent.Left;
import dev.muster.coordination.group.GroupEvent.Updated;
import dev.muster.coordination.group.GroupNotFound;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.Membership;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Being told who comes and goes. */
abstract class GroupWatchPromises extends RecipePromises {

    private Coordinator one;
    private Coordinator two;

    /** The group as the watching member sees it. */
    private Group group;

    private Group theirs;

    GroupWatchPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
        group = one.group("g");
        theirs = two.group("g");
        group.create();
    }

    private static GroupEvent next(Inbox<GroupEvent> inbox) {
        return inbox.poll(Patience.deadline()).orElseThrow(() -> new AssertionError("no event came"));
    }

    private Inbox<GroupEvent> watch() {
        Inbox<GroupEvent> inbox = new Inbox<>();
        group.watch(inbox);
        return inbox;
    }

    /** Makes an event that everybody who watches is told after all that happened before. */
    private void passThrough(Inbox<GroupEvent> inbox, String marker) {
        Membership membership = member(marker).group("g").join(Capabilities.NONE);
        GroupEvent event = next(inbox);
        assertThat(event).isInstanceOf(Joined.class);
        assertThat(((Joined) event).member().id()).as("the next to join").isEqualTo(marker);
        // Only now: a watch that folds commits need not tell of whoever has left already.
        membership.close();
        assertThat(next(inbox)).isInstanceOf(Left.class);
    }

    @Test
    void whoJoinsIsToldOnceAndNobodyIsToldAfterTheWatchHasEnded() {
        Inbox<GroupEvent> inbox = new Inbox<>();
        Cancellable watching = group.watch(inbox);
        Inbox<GroupEvent> other = watch();
        Membership membership = theirs.join(Capabilities.of("caps"));
        Member joined = theirs.member("two");
        assertThat(next(inbox)).isEqualTo(new Joined("g", joined));
        watching.cancel();
        watching.cancel();
        membership.close();
        theirs.join(Capabilities.NONE);
        assertThat(List.of(next(other), next(other), next(other)))
                .extracting(GroupEvent::getClass)
                .isEqualTo(List.of(Joined.class, Left.class, Joined.class));
        passThrough(other, "marker");
        assertThat(inbox.drain()).isEmpty();
    }

    @Test
    void whoLeavesIsToldOnceAsItWasLastSeen() {
        Membership membership = theirs.join(Capabilities.of(1));
        membership.update(Capabilities.of(2));
        Member seen = group.member("two");
        Inbox<GroupEvent> inbox = watch();
        membership.close();
        assertThat(next(inbox)).isEqualTo(new Left("g", seen));
        passThrough(inbox, "marker");
        assertThat(inbox.drain()).isEmpty();
    }

    @Test
    void whoIsThereAlreadyIsNoNews() {
        theirs.join(Capabilities.NONE);
        group.join(Capabilities.NONE);
        Inbox<GroupEvent> first = watch();
        passThrough(first, "marker");
        Inbox<GroupEvent> second = watch();
        passThrough(second, "other");
    }

    @Test
    void whoIsThereAlreadyIsNoNewsEvenWhereAnEarlierWatchLags() {
        LaggingStore lagging = closing(new LaggingStore(open()));
        Group late = member("late", lagging, options -> options).group("g");
        Inbox<GroupEvent> first = new Inbox<>();
        late.watch(first);
        passThrough(first, "marker");
        lagging.hold();
        theirs.join(Capabilities.NONE);
        Inbox<GroupEvent> second = new Inbox<>();
        CompletableFuture<Cancellable> watching = late.watchAsync(second);
        lagging.release();
        join(watching);
        assertThat(((Joined) next(first)).member().id()).isEqualTo("two");
        passThrough(second, "other");
    }

    @Test
    void aWatchTellsOfOnesOwnComingAndGoingToo() {
        Inbox<GroupEvent> inbox = watch();
        Membership membership = group.join(Capabilities.NONE);
        assertThat(((Joined) next(inbox)).member().incarnation())
                .isEqualTo(membership.token().value());
        membership.close();
        assertThat(next(inbox)).isInstanceOf(Left.class);
    }

    @Test
    void anUpdateIsToldWithWhatTheMemberCanDoNow() {
        Membership membership = theirs.join(Capabilities.of(1));
        Inbox<GroupEvent> inbox = watch();
        membership.update(Capabilities.of(2));
        assertThat(next(inbox)).isEqualTo(new Updated("g", group.member("two")));
        passThrough(inbox, "marker");
    }

    @Test
    void whoLeavesAndJoinsAgainIsToldAsBoth() {
        Membership first = theirs.join(Capabilities.NONE);
        Inbox<GroupEvent> inbox = watch();
        first.close();
        Membership second = theirs.join(Capabilities.NONE);
        assertThat(next(inbox))
                .isInstanceOfSatisfying(
                        Left.class,
                        left -> assertThat(left.member().incarnation())
                                .isEqualTo(first.token().value()));
        assertThat(next(inbox))
                .isInstanceOfSatisfying(
                        Joined.class,
                        joined -> assertThat(joined.member().incarnation())
                                .isEqualTo(second.token().value()));
        passThrough(inbox, "marker");
    }

    @Test
    void whoseSessionEndsIsToldToHaveLeftOnce() {
        theirs.join(Capabilities.of("caps"));
        group.join(Capabilities.NONE);
        Member lost = group.member("two");
        Inbox<GroupEvent> inbox = watch();
        expire(two);
        assertThat(next(inbox)).isEqualTo(new Left("g", lost));
        passThrough(inbox, "marker");
        assertThat(inbox.drain()).isEmpty();
    }

    @Test
    void aDeletedGroupIsToldAndTheWatchGoesOnWithTheNextOfItsName() {
        Inbox<GroupEvent> inbox = watch();
        theirs.delete();
        assertThat(next(inbox)).isEqualTo(new Deleted("g"));
        theirs.create();
        theirs.join(Capabilities.NONE);
        assertThat(next(inbox)).isInstanceOf(Joined.class);
        passThrough(inbox, "marker");
    }

    @Test
    void aGroupThatIsDestroyedBehindTheRecipeLosesAllItsMembers() {
        theirs.join(Capabilities.NONE);
        Inbox<GroupEvent> inbox = watch();
        String directory = directory("groups", "g");
        Commit.Builder destroying = Commit.in(directory);
        list(directory).names().forEach(destroying::delete);
        store.commit(destroying.build(), Patience.deadline());
        assertThat(List.of(next(inbox), next(inbox)))
                .extracting(GroupEvent::getClass)
                .containsExactlyInAnyOrder(Left.class, Deleted.class);
        theirs.joinOrCreate(Capabilities.NONE);
        assertThat(next(inbox)).isInstanceOf(Joined.class);
    }

    @Test
    void aGroupThatIsNotThereCannotBeWatchedAndNothingIsLeftWatching() {
        CountingStore counting = closing(new CountingStore(open()));
        Group absent = member("counted", counting, options -> options).group("absent");
        Inbox<GroupEvent> inbox = new Inbox<>();
        assertThatThrownBy(() -> absent.watch(inbox))
                .isInstanceOf(GroupNotFound.class)
                .hasMessageContaining("absent");
        assertThat(counting.openWatches).hasValue(0);
        absent.create();
        Inbox<GroupEvent> later = new Inbox<>();
        absent.watch(later);
        two.group("absent").join(Capabilities.NONE);
        next(later);
        assertThat(inbox.drain()).isEmpty();
    }

    @Test
    void watchesOfOneGroupShareOneWatchOfTheStoreAndTheLastToEndEndsIt() {
        CountingStore counting = closing(new CountingStore(open()));
        Group counted = member("counted", counting, options -> options).group("g");
        List<Cancellable> watches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            watches.add(counted.watch(event -> {}));
        }
        assertThat(counting.openWatches).hasValue(1);
        watches.forEach(Cancellable::cancel);
        Patience.await("no watch is open").until(() -> counting.openWatches.get() == 0);
    }

    @Test
    void aListenerThatThrowsStarvesNobodyAndIsToldTheNextEvent() {
        List<GroupEvent> toldToThrower = new CopyOnWriteArrayList<>();
        group.watch(event -> {
            toldToThrower.add(event);
            throw new IllegalStateException("a listener that throws, as planned");
        });
        Inbox<GroupEvent> inbox = watch();
        theirs.join(Capabilities.NONE).close();
        assertThat(next(inbox)).isInstanceOf(Joined.class);
        assertThat(next(inbox)).isInstanceOf(Left.class);
        Patience.await("both are told once").until(() -> toldToThrower.size() == 2);
        passThrough(inbox, "marker");
        assertThat(toldToThrower)
                .extracting(GroupEvent::getClass)
                .isEqualTo(List.of(Joined.class, Left.class, Joined.class, Left.class));
    }

    @Test
    void aListenerMayEndItsOwnWatchAndBeginOthersWhileItIsTold() {
        CompletableFuture<Cancellable> own = new CompletableFuture<>();
        List<GroupEvent> told = new CopyOnWriteArrayList<>();
        Inbox<GroupEvent> added = new Inbox<>();
        CompletableFuture<Cancellable> adding = new CompletableFuture<>();
        own.complete(group.watch(event -> {
            told.add(event);
            join(own).cancel();
            group.watchAsync(added).whenComplete((begun, failure) -> adding.complete(begun));
        }));
        theirs.join(Capabilities.NONE);
        assertThat(join(adding)).isNotNull();
        passThrough(added, "marker");
        assertThat(told).hasSize(1);
    }

    @Test
    void aListenerThatIsSlowHoldsUpNoOperationOfItsMember() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        group.watch(event -> join(released));
        theirs.join(Capabilities.NONE);
        group.join(Capabilities.NONE).close();
        one.lock("l").acquire(Patience.deadline()).close();
        assertThat(group.members()).hasSize(1);
        released.complete(null);
    }

    @Test
    void anInboxLetsAThreadOfOnesOwnTakeTheEventsWhenItLikes() {
        Inbox<GroupEvent> inbox = watch();
        assertThat(inbox.poll(Duration.ZERO)).isEmpty();
        assertThat(inbox.drain()).isEmpty();
        // Of members that stay: what one does close together may be told folded.
        for (String id : List.of("a", "b", "c")) {
            member(id).group("g").join(Capabilities.NONE);
        }
        List<GroupEvent> taken = new ArrayList<>();
        taken.add(next(inbox));
        Patience.await("all have come").until(() -> {
            taken.addAll(inbox.drain());
            return taken.size() == 3;
        });
        assertThat(taken).allMatch(Joined.class::isInstance);
        assertThat(taken).extracting(event -> ((Joined) event).member().id()).containsExactly("a", "b", "c");
        assertThat(inbox.drain()).isEmpty();
    }

    @Test
    void whatIsToldWhileManyComeAndGoAddsUpToWhatIsThere() {
        Map<String, Long> view = new LinkedHashMap<>();
        List<String> contradictions = new CopyOnWriteArrayList<>();
        group.watch(event -> {
            synchronized (view) {
                if (event instanceof Joined joined) {
                    if (view.put(joined.member().id(), joined.member().incarnation()) != null) {
                        contradictions.add("joined twice: " + joined);
                    }
                } else if (event instanceof Left left
                        && !view.remove(left.member().id(), left.member().incarnation())) {
                    contradictions.add("left without joining: " + left);
                }
            }
        });
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Group own = member("m" + i).group("g");
            boolean stays = i % 2 == 0;
            all.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 15; round++) {
                    own.join(Capabilities.NONE).close();
                }
                if (stays) {
                    own.join(Capabilities.NONE);
                }
            }));
        }
        all.forEach(RecipePromises::join);
        Map<String, Long> there = new LinkedHashMap<>();
        group.members().forEach(member -> there.put(member.id(), member.incarnation()));
        Patience.await("the view is what is there").untilAsserted(() -> {
            synchronized (view) {
                assertThat(view).isEqualTo(there);
            }
        });
        assertThat(contradictions).isEmpty();
    }
}
