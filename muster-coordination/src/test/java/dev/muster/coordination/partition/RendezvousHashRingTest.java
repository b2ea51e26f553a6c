package dev.muster.coordination.partition;

import static dev.muster.coordination.partition.RingChecks.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.muster.store.InvalidArgument;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendezvousHashRingTest extends HashRingContract {
    private static final int FEW_SLOTS = 1 << 12;

    @Override
    RendezvousHashRing empty() {
        return RendezvousHashRing.empty(FEW_SLOTS);
    }

    /** Should these change, fleets in the middle of an upgrade would disagree on who owns what. */
    @ParameterizedTest
    @CsvSource({
        "false, 933de8ae0c8d5f51ebfe0243794d9e22dd3427ac7772b0477cc4c1e14fcd7397",
        "true, 8ccba3b33a33d13856d0829340968e780d622f44b2c43201ad07d480f6e5e28a"
    })
    void ownersAreTheSameFromReleaseToRelease(boolean weighted, String digest) throws NoSuchAlgorithmException {
        Map<String, Integer> nodes = new TreeMap<>();
        IntStream.range(0, 20).forEach(i -> nodes.put("node-" + i, weighted ? 1 + i % 7 : 1));
        RendezvousHashRing ring = RendezvousHashRing.of(nodes);
        MessageDigest owners = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 10_000; i++) {
            owners.update(ring.owner(key(i)).orElseThrow().getBytes(UTF_8));
        }
        assertThat(HexFormat.of().formatHex(owners.digest())).isEqualTo(digest);
    }

    @Test
    void keysAreHashedWithPlainXxh3() {
        assertThat(RendezvousHashRing.keyHash(new byte[0])).isEqualTo(0x2d06800538d394c2L);
    }

    @Test
    void theHashOfAKeyFindsItsOwner() {
        RendezvousHashRing ring = empty().withNodes(Map.of("foo", 1, "bar", 2, "baz", 3));
        for (int i = 0; i < RingChecks.KEYS; i++) {
            assertThat(ring.owner(RendezvousHashRing.keyHash(key(i)))).isEqualTo(ring.owner(key(i)));
        }
        assertThat(empty().owner(42L)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30, 100})
    void noSlotMovesBetweenNodesThatStay(int count) {
        RendezvousHashRing before = RendezvousHashRing.empty().withNodes(equal(count));
        RendezvousHashRing joined = before.withNode("new", 1);
        RendezvousHashRing left = before.withoutNode("node-7");
        for (long key = 0; key < 100_000; key++) {
            String owner = before.owner(key).orElseThrow();
            assertThat(joined.owner(key).orElseThrow()).isIn(owner, "new");
            if (!owner.equals("node-7")) {
                assertThat(left.owner(key)).contains(owner);
            }
        }
    }

    /** Five standard deviations, of slots and of keys taken together. */
    @ParameterizedTest
    @CsvSource({"2, 0.02", "10, 0.06", "100, 0.21"})
    void sharesAreEven(int count, double tolerance) {
        RendezvousHashRing ring = RendezvousHashRing.empty().withNodes(equal(count));
        int keys = 100_000;
        assertThat(RingChecks.shares(ring, keys).values())
                .hasSize(count)
                .allSatisfy(share -> assertThat(share * (double) count / keys).isBetween(1 - tolerance, 1 + tolerance));
    }

    @Test
    void sharesOfSlotsAreAsEvenAsPromised() {
        RendezvousHashRing ring = RendezvousHashRing.empty().withNodes(equal(100));
        SlotTable table = SlotTable.empty(ring.size()).change(RingNodes.NONE.exactly(equal(100)));
        int[] slots = new int[100];
        IntStream.range(0, table.slots()).forEach(slot -> slots[table.owner(slot)]++);
        double promised = Math.sqrt(0.99 / (0.01 * ring.size()));
        double variance = IntStream.of(slots)
                .mapToDouble(count -> Math.pow(count * 100.0 / ring.size() - 1, 2))
                .average()
                .orElseThrow();
        assertThat(Math.sqrt(variance)).isBetween(promised * 0.75, promised * 1.25);
    }

    @Test
    void sharesFollowTheWeights() {
        Map<String, Integer> weights = Map.of("a", 1, "b", 2, "c", 3, "d", 14);
        Map<String, Integer> shares = RingChecks.shares(RendezvousHashRing.of(weights), 100_000);
        weights.forEach((name, weight) ->
                assertThat(shares.get(name) / (weight * 5_000.0)).as(name).isBetween(0.92, 1.08));
    }

    @Test
    void weightsThatDifferByOrdersOfMagnitudeWork() {
        RendezvousHashRing ring = RendezvousHashRing.of(Map.of("light", 1, "heavy", 1_000, "huge", Integer.MAX_VALUE));
        assertThat(RingChecks.shares(ring, 20_000)).isEqualTo(Map.of("huge", 20_000));
        assertThat(RingChecks.shares(ring.withoutNode("huge"), 100_000).get("light"))
                .isBetween(40, 180);
    }

    @Test
    void serialNumbersDoForHashes() {
        RendezvousHashRing ring = RendezvousHashRing.empty().withNodes(equal(10));
        for (int shift : new int[] {0, 8, 40, 48}) {
            Map<String, Integer> shares = new HashMap<>();
            for (long i = 0; i < 50_000; i++) {
                shares.merge(ring.owner(i << shift).orElseThrow(), 1, Integer::sum);
            }
            assertThat(shares.values())
                    .hasSize(10)
                    .allSatisfy(share -> assertThat(share).isBetween(4_600, 5_400));
        }
    }

    /** The scores as their definition reads, without the short cuts. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void eachSlotGoesToTheBestScore(long seed) {
        Map<String, Integer> nodes = RingChecks.randomNodes(new Random(seed));
        SlotTable table = SlotTable.empty(FEW_SLOTS).change(RingNodes.NONE.exactly(nodes));
        RingNodes numbered = table.nodes();
        for (int slot = 0; slot < FEW_SLOTS; slot++) {
            int best = -1;
            double least = Double.MAX_VALUE;
            for (int node = 0; node < numbered.size(); node++) {
                double score = score(SlotTable.hash(numbered.key(node)), numbered.weight(node), slot);
                if (score < least) {
                    least = score;
                    best = node;
                }
            }
            assertThat(table.owner(slot)).as("owner of slot %d", slot).isEqualTo(best);
        }
    }

    @Test
    void theNumberOfSlotsStays() {
        assertThat(RendezvousHashRing.empty().size()).isEqualTo(131_072);
        assertThat(ring("foo", "bar").size()).isEqualTo(FEW_SLOTS);
        assertThat(ring("foo")).hasToString("RendezvousHashRing[slots=4096, nodes={foo=1}]");
        assertThat(ring("foo")).isNotEqualTo(RendezvousHashRing.of(Map.of("foo", 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 128, 257, 1 << 25, Integer.MIN_VALUE})
    void aNumberOfSlotsThatIsNoPowerOfTwoInRangeIsAnError(int slots) {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> RendezvousHashRing.empty(slots))
                .withMessageContaining(Integer.toString(slots));
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1 << 20})
    void ringsOfFewAndOfManySlotsWork(int slots) {
        RendezvousHashRing ring = RendezvousHashRing.empty(slots).withNodes(equal(3));
        assertThat(RingChecks.shares(ring, 1_000)).hasSize(3);
        assertThat(ring.owner(-1L)).isPresent();
    }

    @Test
    void moreNodesThanATableCanNameAreRefused() {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(() -> empty().withNodes(equal(RendezvousHashRing.MAX_NODES + 1)))
                .withMessageContaining("65535");
    }

    private static Map<String, Integer> equal(int count) {
        Map<String, Integer> nodes = new HashMap<>();
        IntStream.range(0, count).forEach(i -> nodes.put("node-" + i, 1));
        return nodes;
    }

    private static double score(long seed, int weight, int slot) {
        long mixed = seed + (slot + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 31;
        return -StrictMath.log(((mixed >>> 12) + 0.5) / (1L << 52)) / weight;
    }
}
