package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupAlreadyExists;
import dev.muster.coordination.group.GroupNotEmpty;
import dev.muster.coordination.group.GroupNotFound;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.MemberAlreadyJoined;
import dev.muster.coordination.group.MemberNotJoined;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.testkit.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Creating, joining, leaving and deleting groups. */
abstract class GroupPromises extends RecipePromises {

    private Coordinator one;
    private Coordinator two;
    private Group group;

    GroupPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        two = member("two");
        group = one.group("g");
    }

    static List<String> ids(Group group) {
        return group.members().stream().map(Member::id).toList();
    }

    @Test
    void aCreatedGroupIsListed() {
        assertThat(group.exists()).isFalse();
        group.create();
        assertThat(group.exists()).isTrue();
        assertThat(two.groups()).containsExactly("g");
        assertThat(group.members()).isEmpty();
    }

    @Test
    void aGroupIsCreatedOnce() {
        group.create();
        assertThatThrownBy(group::create).isInstanceOf(GroupAlreadyExists.class).hasMessageContaining("g");
        assertThatThrownBy(() -> two.group("g").create()).isInstanceOf(GroupAlreadyExists.class);
        assertThat(one.groups()).containsExactly("g");
    }

    @Test
    void allGroupsAreListed() {
        List<String> names = List.of("a", "b", "c", "d", "e");
        names.forEach(name -> one.group(name).create());
        assertThat(two.groups()).isEqualTo(names);
    }

    @Test
    void nothingButGroupsIsListed() {
        group.create();
        two.group("joined").joinOrCreate(Capabilities.NONE);
        one.lock("lock").acquire(Patience.deadline());
        one.lock("g").acquire(Patience.deadline());
        one.election("election").run(leadership -> {});
        one.election("g").run(leadership -> {});
        Patience.await("there is a leader")
                .until(() -> one.election("g").leader().isPresent());
        assertThat(two.groups()).containsExactly("g", "joined");
        assertThat(group.members()).isEmpty();
    }

    @Test
    void aDeletedGroupIsGoneAndCannotBeJoined() {
        group.create();
        two.group("g").delete();
        assertThat(one.groups()).isEmpty();
        assertThatThrownBy(() -> group.join(Capabilities.NONE)).isInstanceOf(GroupNotFound.class);
        assertThat(directories(store)).as("what the group left behind").isEmpty();
    }

    @Test
    void aGroupThatIsNotThereCannotBeDeleted() {
        assertThatThrownBy(group::delete).isInstanceOf(GroupNotFound.class).hasMessageContaining("g");
    }

    @Test
    void aGroupWithAMemberCannotBeDeletedUntilItHasLeft() {
        Membership membership = group.joinOrCreate(Capabilities.NONE);
        assertThatThrownBy(() -> two.group("g").delete()).isInstanceOf(GroupNotEmpty.class);
        assertThat(membership.isValid()).isTrue();
        membership.close();
        two.group("g").delete();
        assertThat(one.groups()).isEmpty();
    }

    @Test
    void aGroupCanBeDeletedAfterAnElectionOfItsName() {
        Membership membership = group.joinOrCreate(Capabilities.NONE);
        one.election("g").run(leadership -> {});
        Patience.await("there is a leader")
                .until(() -> one.election("g").leader().isPresent());
        membership.close();
        group.delete();
        assertThat(one.groups()).isEmpty();
        assertThat(one.election("g").leader()).isPresent();
    }

    @Test
    void whoJoinsIsAMember() {
        group.create();
        Membership membership = group.join(Capabilities.NONE);
        assertThat(ids(two.group("g"))).containsExactly("one");
        assertThat(membership.isValid()).isTrue();
        assertThat(membership.group()).isEqualTo("g");
        assertThat(membership.memberId()).isEqualTo("one");
        Member member = two.group("g").member("one");
        assertThat(member.incarnation()).isEqualTo(membership.token().value());
    }

    @Test
    void aGroupThatIsNotThereCannotBeJoined() {
        assertThatThrownBy(() -> group.join(Capabilities.NONE))
                .isInstanceOf(GroupNotFound.class)
                .hasMessageContaining("g");
        assertThat(group.exists()).isFalse();
    }

    @Test
    void joinOrCreateCreatesWhatIsNotThereAndJoinsWhatIs() {
        group.joinOrCreate(Capabilities.NONE);
        two.group("g").joinOrCreate(Capabilities.NONE);
        assertThat(one.groups()).containsExactly("g");
        assertThat(ids(group)).containsExactly("one", "two");
    }

    @Test
    void aMemberIdJoinsOnceAndTheFailedAttemptChangesNothing() {
        Membership membership = group.joinOrCreate(Capabilities.of(Map.of("version", 1)));
        List<Member> before = group.members();
        Coordinator namesake = member("one");
        for (Coordinator again : List.of(namesake, one)) {
            assertThatThrownBy(() -> again.group("g").join(Capabilities.of(Map.of("version", 2))))
                    .isInstanceOf(MemberAlreadyJoined.class)
                    .hasMessageContaining("one");
            assertThatThrownBy(() -> again.group("g").joinOrCreate(Capabilities.NONE))
                    .isInstanceOf(MemberAlreadyJoined.class);
        }
        assertThat(two.group("g").members()).isEqualTo(before);
        assertThat(membership.isValid()).isTrue();
        namesake.close();
        assertThat(two.group("g").members()).isEqualTo(before);
    }

    @Test
    void whoHasLeftIsNoMemberAndMayJoinAgainAsALaterIncarnation() {
        Membership membership = group.joinOrCreate(Capabilities.NONE);
        assertThat(membership.release()).isEqualTo(Release.RELEASED);
        assertThat(membership.isValid()).isFalse();
        assertThat(group.members()).isEmpty();
        assertThat(one.groups()).containsExactly("g");
        Membership again = group.join(Capabilities.NONE);
        assertThat(again.token()).isGreaterThan(membership.token());
        assertThat(membership.release()).isEqualTo(Release.ALREADY_LOST);
        membership.close();
        assertThat(ids(group)).containsExactly("one");
        assertThat(again.isValid()).isTrue();
    }

    @Test
    void membersAreListedInTheOrderInWhichTheyJoined() {
        List<String> ids = List.of("zoe", "adam", "mia", "ben");
        ids.forEach(id -> member(id).group("g").joinOrCreate(Capabilities.NONE));
        assertThat(ids(group)).isEqualTo(ids);
        assertThat(group.members()).extracting(Member::incarnation).isSorted();
    }

    @Test
    void askingForMembersOfAGroupThatIsNotThereFails() {
        assertThatThrownBy(group::members).isInstanceOf(GroupNotFound.class);
        assertThatThrownBy(group::membersWithCapabilities).isInstanceOf(GroupNotFound.class);
        assertThatThrownBy(() -> group.findMember("one")).isInstanceOf(GroupNotFound.class);
    }

    @Test
    void whoIsExpelledIsNoMemberAndLearnsOfIt() {
        Membership membership = group.joinOrCreate(Capabilities.NONE);
        CompletableFuture<Loss> loss = new CompletableFuture<>();
        membership.onLost(loss::complete);
        two.group("g").expel("one");
        assertThat(group.members()).isEmpty();
        assertThat(join(loss)).isEqualTo(Loss.TAKEN_AWAY);
        assertThat(membership.isValid()).isFalse();
        assertThat(membership.release()).isEqualTo(Release.ALREADY_LOST);
    }

    @Test
    void whoIsNoMemberCannotBeExpelled() {
        assertThatThrownBy(() -> group.expel("two"))
                .isInstanceOf(MusterException.class)
                .isInstanceOfAny(MemberNotJoined.class, GroupNotFound.class);
        group.create();
        assertThatThrownBy(() -> group.expel("two"))
                .isInstanceOf(MemberNotJoined.class)
                .hasMessageContaining("two");
    }

    @Test
    void whoClosesItsCoordinatorIsNoMemberAtOnce() {
        group.joinOrCreate(Capabilities.NONE);
        two.group("g").join(Capabilities.NONE);
        two.close();
        assertThat(ids(group)).containsExactly("one");
    }

    @Test
    void whoseSessionEndsIsNoMember() {
        group.joinOrCreate(Capabilities.NONE);
        Membership lost = two.group("g").join(Capabilities.NONE);
        expire(two);
        Patience.await("only one is left").until(() -> ids(group).equals(List.of("one")));
        Patience.await("two knows").until(() -> !lost.isValid());
        assertThat(lost.release()).isEqualTo(Release.ALREADY_LOST);
    }

    @Test
    void manyMayCreateJoinAndDeleteTheSameGroupAtOnce() {
        List<Coordinator> members = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            members.add(member("m" + i));
        }
        AtomicInteger joined = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Coordinator member : members) {
            all.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 10; round++) {
                    Group own = member.group("g");
                    Membership membership = own.joinOrCreate(Capabilities.NONE);
                    joined.incrementAndGet();
                    assertThat(ids(own)).contains(member.memberId());
                    membership.close();
                    try {
                        own.delete();
                    } catch (GroupNotEmpty | GroupNotFound others) {
                        assertThat(one.groups()).isSubsetOf("g");
                    }
                }
            }));
        }
        all.forEach(RecipePromises::join);
        assertThat(joined).hasValue(60);
    }

    @Test
    void aNameThatNoStoreCanCarryIsRefusedWithTheRule() {
        for (String bad : List.of("", "a/b", ".", "x".repeat(121))) {
            assertThatThrownBy(() -> one.group(bad))
                    .as("the name '%s'", bad)
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("groups");
        }
        one.group("x".repeat(120)).create();
    }
}
