package dev.muster.coordination.partition;

import static dev.muster.coordination.partition.RingChecks.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.muster.store.InvalidArgument;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistentHashRingTest extends HashRingContract {
    @Override
    ConsistentHashRing empty() {
        return ConsistentHashRing.empty();
    }

    @ParameterizedTest
    @CsvSource({"MD5, 1", "MD5, 2", "MD5, 3", "SHA-256, 4", "SHA-256, 5", "SHA-1, 6", "SHA-224, 7"})
    void itAnswersAsThePlainMethodWithBigIntegersDoes(String digest, long seed) throws NoSuchAlgorithmException {
        Random random = new Random(seed);
        Map<String, Integer> nodes = RingChecks.randomNodes(random);
        int partitions = 1 + random.nextInt(40);
        HashRing ring = RingChecks.wander(ConsistentHashRing.empty(partitions, digest), nodes, random);
        PlainRing plain = new PlainRing(nodes, partitions, digest);
        assertThat(ring.size()).isEqualTo(plain.points.size());
        for (int i = 0; i < RingChecks.KEYS; i++) {
            assertThat(ring.owners(key(i), 4)).as("owners of %d", i).isEqualTo(plain.owners(key(i), 4));
        }
    }

    @Test
    void aRingIsMadeOfPointsForEachNode() {
        assertThat(ring("foo", "bar").size()).isEqualTo(64);
        assertThat(ring("foo", "bar").nodes().keySet()).containsExactlyInAnyOrder("foo", "bar");
        assertThat(((ConsistentHashRing) ring("foo")).partitions()).isEqualTo(32);
    }

    @Test
    void aPointIsTheNumberThatTheDigestSpells() throws NoSuchAlgorithmException {
        ConsistentHashRing ring = ConsistentHashRing.of(Map.of("foo", 1));
        NavigableMap<BigInteger, String> plain = new PlainRing(Map.of("foo", 1), 32, "MD5").points;
        assertThat(IntStream.range(0, 32)
                        .mapToObj(i -> new BigInteger(1, ring.points().digest(i))))
                .containsExactlyElementsOf(plain.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-digest", "", "md-5"})
    void anUnknownDigestIsAnError(String digest) {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> ConsistentHashRing.empty(32, digest))
                .withMessageContaining(digest + " is not supported")
                .withMessageContaining("SHA-256");
    }

    @Test
    void aNodeBringsItsPoints() {
        HashRing pair = ring("foo", "bar");
        assertThat(pair.withNode("baz", 1).size()).isEqualTo(96);
        assertThat(pair.withNode("чупакабра", 1).size()).isEqualTo(96);
        assertThat(pair.withNode("raw", new byte[] {1, (byte) 0xfe}, 1).size()).isEqualTo(96);
        assertThat(pair.withNode("baz", 1).nodes()).hasSize(3);
    }

    @Test
    void aHeavyNodeBringsMorePoints() {
        HashRing pair = ring("foo", "bar");
        assertThat(pair.withNode("baz", 10).size()).isEqualTo(384);
        assertThat(pair.withNode("baz", 10).withNode("qux", 10).size()).isEqualTo(704);
    }

    @Test
    void aNodeTakesItsPointsAlong() {
        HashRing trio = ring("foo", "bar", "raw").withNode("raw", new byte[] {1, (byte) 0xfe}, 2);
        assertThat(trio.size()).isEqualTo(128);
        assertThat(trio.withoutNode("raw").size()).isEqualTo(64);
        assertThat(trio.withoutNode("raw").withoutNode("bar").size()).isEqualTo(32);
        assertThat(trio.withoutNode("raw").withoutNode("bar").nodes().keySet()).containsExactly("foo");
    }

    @Test
    void oneComesAndAnotherGoes() {
        HashRing ring = ring("foo", "bar").withNode("baz", 1).withoutNode("bar");
        assertThat(ring.size()).isEqualTo(64);
        assertThat(ring.nodes().keySet()).containsExactlyInAnyOrder("foo", "baz");
    }

    @Test
    void differentKeysFindDifferentNodes() {
        HashRing ring = ring("foo", "bar", "baz");
        assertThat(ring.owner("fake")).isNotEqualTo(ring.owner("fake-again"));
        for (String key : List.of("fake", "fake-again")) {
            assertThat(ring.owners(key.getBytes(UTF_8), 2)).hasSize(2);
            assertThat(ring.owners(key.getBytes(UTF_8), 3)).containsExactlyInAnyOrder("foo", "bar", "baz");
        }
    }

    @Test
    void amongTenServicesOnlyTheKeysOfTheOneThatJoinsOrLeavesMove() {
        HashRing ten = ring(IntStream.range(0, 10).mapToObj(Integer::toString).toArray(String[]::new));
        HashRing eleven = ten.withNode("new", 1);
        HashRing nine = ten.withoutNode("3");
        for (int i = 0; i < 10_000; i++) {
            String before = ten.owner(key(i)).orElseThrow();
            assertThat(eleven.owner(key(i)).orElseThrow()).isIn(before, "new");
            if (!before.equals("3")) {
                assertThat(nine.owner(key(i))).contains(before);
            }
        }
    }

    @Test
    void sharesStayWithinHalfOfTheirDue() {
        HashRing ring = ring(IntStream.range(0, 10).mapToObj(i -> "node-" + i).toArray(String[]::new));
        assertThat(RingChecks.shares(ring, 50_000).values())
                .hasSize(10)
                .allSatisfy(share -> assertThat(share).isBetween(2_500, 7_500));
        assertThat(RingChecks.shares(ring.withNode("node-0", 10), 50_000).get("node-0"))
                .isBetween(20_000, 33_000);
    }

    /** "11" repeats "1", so half of its points are points of "1" too. */
    @Test
    void pointsThatCoincideBelongToTheGreaterKeyAndComeBackWhenItLeaves() {
        HashRing ring = ring("1", "11", "2");
        assertThat(ring.size()).isEqualTo(96 - 15);
        RingChecks.agree(ring, ring("2", "11", "1"));
        RingChecks.agree(ring, ring("11").withNode("1", 1).withNode("2", 1));
        RingChecks.agree(ring.withoutNode("11"), ring("1", "2"));
        RingChecks.agree(ring.withoutNode("1"), ring("2", "11"));
        RingChecks.agree(ring.withoutNode("2").withNode("11", 2).withNode("11", 1), ring("1", "11"));
    }

    @Test
    void aRingOfOnePartitionANodeFindsThemAll() {
        HashRing ring = ConsistentHashRing.empty(1).withNodes(Map.of("1", 1, "11", 1, "1111", 1));
        RingChecks.failsOverInOrder(ring);
    }

    @Test
    void aRingWithoutPartitionsIsAnError() {
        assertThatExceptionOfType(InvalidArgument.class).isThrownBy(() -> ConsistentHashRing.empty(0));
    }

    @Test
    void weightsThatWouldExhaustTheMemoryAreRefused() {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> ring("foo").withNode("greedy", Integer.MAX_VALUE))
                .withMessageContaining("greedy");
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> ConsistentHashRing.empty(Integer.MAX_VALUE)
                        .withNodes(Map.of("a", Integer.MAX_VALUE, "b", Integer.MAX_VALUE, "c", Integer.MAX_VALUE)));
        assertThat(ConsistentHashRing.empty(ConsistentHashRing.MAX_SIZE / 4)
                        .withNode("heavy", 4)
                        .size())
                .isEqualTo(ConsistentHashRing.MAX_SIZE);
    }

    @Test
    void ringsOfOtherSettingsDiffer() {
        assertThat(ConsistentHashRing.empty(32)).isNotEqualTo(ConsistentHashRing.empty(33));
        assertThat(ConsistentHashRing.empty(32)).isNotEqualTo(ConsistentHashRing.empty(32, "SHA-256"));
        assertThat(ConsistentHashRing.empty(32)).isEqualTo(ConsistentHashRing.empty(32, "md5"));
        assertThat(ring("foo")).hasToString("ConsistentHashRing[partitions=32, digest=MD5, nodes={foo=1}]");
    }

    /** The method as its description reads, with nothing done for speed. */
    private static final class PlainRing {
        private final NavigableMap<BigInteger, String> points = new TreeMap<>();
        private final MessageDigest digest;

        PlainRing(Map<String, Integer> nodes, int partitions, String algorithm) throws NoSuchAlgorithmException {
            digest = MessageDigest.getInstance(algorithm);
            nodes.forEach((name, weight) -> {
                for (int i = 1; i <= partitions * weight; i++) {
                    points.put(number(name.repeat(i + 1).getBytes(UTF_8)), name);
                }
            });
        }

        List<String> owners(byte[] key, int replicas) {
            BigInteger hash = number(key);
            Set<String> walk = new LinkedHashSet<>();
            for (Collection<String> part : Arrays.asList(
                    points.tailMap(hash, false).values(),
                    points.headMap(hash, true).values())) {
                walk.addAll(part);
            }
            return walk.stream().limit(replicas).toList();
        }

        private BigInteger number(byte[] bytes) {
            return new BigInteger(1, digest.digest(bytes));
        }
    }
}
