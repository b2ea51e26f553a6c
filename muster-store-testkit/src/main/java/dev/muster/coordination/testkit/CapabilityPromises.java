package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupNotFound;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.MemberNotJoined;
import dev.muster.coordination.group.Membership;
import dev.muster.store.InvalidArgument;
import dev.muster.store.SessionLostException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members tell of themselves. */
abstract class CapabilityPromises extends RecipePromises {

    private Coordinator one;
    private Group group;

    /** The same group, as another member sees it. */
    private Group seen;

    CapabilityPromises(RecipeContract engine) {
        super(engine);
    }

    @BeforeEach
    void startMembers() {
        one = member("one");
        group = one.group("g");
        seen = member("two").group("g");
    }

    @Test
    void whatAMemberJoinsWithIsWhatOthersRead() {
        Capabilities capabilities = Capabilities.of(Map.of("data", "test_capabilities"));
        group.joinOrCreate(capabilities);
        assertThat(seen.member("one").capabilities()).isEqualTo(capabilities);
        assertThat(seen.member("one").capabilities().get("data")).contains("test_capabilities");
    }

    @Test
    void anyNestedValueComesBackWhateverTheOrderOfItsKeys() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", "warm-water ☂ 水 \uD83D\uDE00 \"quoted\" \\ \n\u0001");
        map.put("temperatures", List.of(1, -2.5, 1e300, Long.MAX_VALUE, new BigInteger("9".repeat(40))));
        map.put("flags", Arrays.asList(true, false, null));
        map.put("nested", Map.of("a", Map.of("b", List.of(Map.of("c", List.of())))));
        map.put("", "");
        for (Object value : Arrays.asList(map, null, "text", 7, 0.1, true, List.of(), Map.of())) {
            Capabilities capabilities = Capabilities.of(value);
            try (Membership joined = group.joinOrCreate(capabilities)) {
                assertThat(seen.member("one").capabilities()).isEqualTo(capabilities);
                assertThat(joined.capabilities()).isEqualTo(capabilities);
            }
        }
        Map<String, Object> reversed = new LinkedHashMap<>();
        List<String> keys = new ArrayList<>(map.keySet());
        java.util.Collections.reverse(keys);
        keys.forEach(key -> reversed.put(key, map.get(key)));
        assertThat(Capabilities.of(reversed)).isEqualTo(Capabilities.of(map));
    }

    @Test
    void whatIsNoPlainDataIsRefusedWithItsPlace() {
        for (Object bad : List.of(new Object(), List.of(Map.of("a", Instant.EPOCH)), Map.of(1, "x"), Double.NaN)) {
            assertThatThrownBy(() -> Capabilities.of(bad))
                    .as("capabilities " + bad)
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("capabilities");
        }
        assertThatThrownBy(() -> Capabilities.of(Map.of("list", List.of(1, Duration.ZERO))))
                .hasMessageContaining("capabilities.list[1]");
    }

    @Test
    void moreThanTheStoreTakesIsRefusedAndChangesNothing() {
        Membership membership = group.joinOrCreate(Capabilities.of("small"));
        Capabilities large = Capabilities.of("x".repeat(store.limits().valueBytes()));
        assertThatThrownBy(() -> membership.update(large)).isInstanceOf(InvalidArgument.class);
        assertThat(membership.capabilities()).isEqualTo(Capabilities.of("small"));
        assertThat(seen.member("one").capabilities()).isEqualTo(Capabilities.of("small"));
        assertThatThrownBy(() -> one.group("other").joinOrCreate(large)).isInstanceOf(InvalidArgument.class);
        assertThat(one.groups()).containsExactly("g");
    }

    @Test
    void allMembersAreReadWithTheirCapabilities() {
        group.joinOrCreate(Capabilities.of(Map.of("host", "a", "port", 1)));
        seen.join(Capabilities.of(Map.of("host", "b", "port", 2)));
        Map<String, Capabilities> all = group.membersWithCapabilities();
        assertThat(all)
                .containsExactly(
                        Map.entry("one", Capabilities.of(Map.of("host", "a", "port", 1))),
                        Map.entry("two", Capabilities.of(Map.of("host", "b", "port", 2))));
    }

    @Test
    void anEmptyGroupHasNoneToRead() {
        group.create();
        assertThat(seen.membersWithCapabilities()).isEmpty();
    }

    @Test
    void whoJoinsWithoutCapabilitiesHasNone() {
        group.joinOrCreate(Capabilities.NONE);
        assertThat(seen.membersWithCapabilities()).containsExactly(Map.entry("one", Capabilities.NONE));
        assertThat(seen.member("one").capabilities().asMap()).isEmpty();
    }

    @Test
    void readingFromAGroupThatIsNotThereFails() {
        assertThatThrownBy(() -> seen.member("one")).isInstanceOfAny(GroupNotFound.class, MemberNotJoined.class);
        assertThatThrownBy(seen::membersWithCapabilities).isInstanceOf(GroupNotFound.class);
    }

    @Test
    void readingAMemberThatHasNotJoinedFails() {
        group.create();
        assertThatThrownBy(() -> seen.member("one"))
                .isInstanceOf(MemberNotJoined.class)
                .hasMessageContaining("one");
        assertThat(seen.findMember("one")).isEmpty();
    }

    @Test
    void anUpdateIsReadByOthersAndKeepsTheIncarnation() {
        Membership membership = group.joinOrCreate(Capabilities.of(Map.of("version", 1)));
        Member before = seen.member("one");
        membership.update(Capabilities.of(Map.of("version", 2)));
        Member after = seen.member("one");
        assertThat(before.capabilities().get("version")).contains(1L);
        assertThat(after.capabilities().get("version")).contains(2L);
        assertThat(after.incarnation()).isEqualTo(before.incarnation());
        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(after.joinedAt()).isEqualTo(before.joinedAt());
        assertThat(membership.isValid()).isTrue();
    }

    @Test
    void updatesFromManyThreadsAreAppliedOneAfterAnother() {
        Membership membership = group.joinOrCreate(Capabilities.of(Map.of("count", 0)));
        List<CompletableFuture<Void>> updates = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            updates.add(CompletableFuture.runAsync(() -> membership.update(
                    now -> now.with("count", (Long) now.get("count").orElseThrow() + 1))));
        }
        updates.forEach(RecipePromises::join);
        assertThat(seen.member("one").capabilities().get("count")).contains(40L);
    }

    @Test
    void whoHasLeftCanUpdateNothingNotEvenItsNextIncarnation() {
        Membership old = group.joinOrCreate(Capabilities.NONE);
        old.close();
        assertThatThrownBy(() -> old.update(Capabilities.of("late"))).isInstanceOf(MemberNotJoined.class);
        assertThat(seen.members()).isEmpty();
        group.join(Capabilities.of("new"));
        assertThatThrownBy(() -> old.update(Capabilities.of("late"))).isInstanceOf(MemberNotJoined.class);
        assertThat(seen.member("one").capabilities()).isEqualTo(Capabilities.of("new"));
    }

    @Test
    void whoWasExpelledOrHasLostItsSessionCanUpdateNothing() {
        Membership expelled = group.joinOrCreate(Capabilities.NONE);
        seen.expel("one");
        assertThatThrownBy(() -> expelled.update(Capabilities.of("late"))).isInstanceOf(MemberNotJoined.class);
        Membership lost = group.join(Capabilities.NONE);
        expire(one);
        assertThatThrownBy(() -> lost.update(Capabilities.of("late")))
                .isInstanceOfAny(MemberNotJoined.class, SessionLostException.class);
        assertThat(seen.findMember("one")).isEmpty();
    }
}
