package dev.muster.coordination.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures computed with Tooz itself. A ring that differs in one of them splits a mixed fleet in two. */
class ConsistentHashRingVectorsTest {
    private static final String TRIO = "foo bar baz";

    @Test
    void theFirstPointsOfANode() {
        assertThat(points(ring("foo", 4)))
                .containsExactlyInAnyOrder(
                        "fdba98970961edb29f88241b9d99d890",
                        "216d7c020d0732def6775af81f6dc44f",
                        "9b0a4d70193f8a2025dacee027bcfd5b",
                        "7a2c86e102dcc231bd232aad99686dfa");
    }

    @Test
    void thePointsOfThreeNodesInOrder() {
        ConsistentHashRing ring = ring(TRIO, 32);
        List<String> points = points(ring);
        assertThat(points).hasSize(96);
        String[] smallest = {
            "0e16c3ad b639b bar", "0f27b32c fc01 baz", "10856db2 e82b bar", "111b45de 8966 bar",
            "183678e9 0d7c foo", "185b23af c25a bar", "1aa7b937 2bbf bar", "1f0a7815 2347 bar"
        };
        for (int i = 0; i < smallest.length; i++) {
            String[] expected = smallest[i].split(" ", -1);
            assertThat(points.get(i)).startsWith(expected[0]).endsWith(expected[1]);
            assertThat(ownerOfPoint(ring, i)).isEqualTo(expected[2]);
        }
        assertThat(points.get(95)).isEqualTo("ff92162db1cd24a51a8a5fb22d35d145");
        assertThat(ownerOfPoint(ring, 95)).isEqualTo("bar");
    }

    @ParameterizedTest(name = "vector {0}: {4} on {1}")
    @CsvSource(delimiter = '|', textBlock = """
             1 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 1 |             | foo
             2 | foo bar baz               | 32 | MD5     | fake-again | 23 | 440f2061 | 1 |             | bar
             3 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 2 |             | foo bar
             4 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 3 |             | foo bar baz
             4 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 5 |             | foo bar baz
             5 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 1 | foo         | bar
             6 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 1 | foo bar     | baz
             6 | foo bar baz               | 32 | MD5     | fake       |  4 | 183678e9 | 1 | foo bar baz | ''
             7 | foo bar baz               | 32 | MD5     | ''         | 72 | d52a548b | 1 |             | bar
             8 | foo bar                   | 32 | MD5     | fake       |  3 | 183678e9 | 1 |             | foo
             8 | foo bar                   | 32 | MD5     | fake       |  3 | 183678e9 | 1 | baz         | foo
             9 | node-A=1 node-B=3         | 32 | MD5     | object-1   | 26 | 3b2558a8 | 1 |             | node-B
            10 | node-A=1 node-B=3         | 32 | MD5     | object-2   |  0 | 01830a47 | 1 |             | node-A
            12 | foo bar baz               |  1 | MD5     | fake       |  0 | 54268249 | 1 |             | bar
            13 | foo bar baz               | 32 | MD5     | чупакабра  |  7 | 1f0a7815 | 1 |             | bar
            14 | 0 1 2 3 4 5 6 7 8 9       | 32 | MD5     | 4242       | 316 | ff083257 | 1 |            | 2
            15 | 0 1 2 3 4 5 6 7 8 9 new   | 32 | MD5     | 4242       | 348 | ff083257 | 3 |            | 2 8 9
            16 | شبکه foo bar              | 32 | MD5     | x          | 62 | 9e7e341c | 1 |             | foo
            18 | foo bar baz               | 32 | SHA-256 | fake       | 71 | b6f12ae0 | 1 |             | bar
            """)
    void lookups(
            String number,
            String nodes,
            int partitions,
            String digest,
            String key,
            int position,
            String point,
            int replicas,
            String ignoring,
            String owners)
            throws NoSuchAlgorithmException {
        ConsistentHashRing ring = ConsistentHashRing.empty(partitions, digest).withNodes(weights(nodes));
        byte[] hash = MessageDigest.getInstance(digest).digest(key.getBytes(UTF_8));
        assertThat(ring.points().following(hash)).isEqualTo(position);
        assertThat(points(ring).get(position)).startsWith(point);
        assertThat(ring.owners(key.getBytes(UTF_8), replicas, words(ignoring)))
                .as("vector %s", number)
                .isEqualTo(words(owners));
    }

    @Test
    void vector11AfterARemoval() {
        ConsistentHashRing ring = ring(TRIO, 32).withoutNode("bar");
        assertThat(ring.size()).isEqualTo(64);
        assertThat(ring.owner("fake-again")).contains("baz");
        assertThat(points(ring).get(13)).startsWith("49f88cab");
    }

    @Test
    void vector17WithANodeOfRawBytes() {
        ConsistentHashRing ring =
                ring("foo", 32).withNode("raw", HexFormat.of().parseHex("5ae2fa90174543acae88a75ba17d3a45"), 1);
        assertThat(ring.owner("y")).contains("raw");
        assertThat(points(ring).get(18)).startsWith("43688db1");
    }

    @Test
    void vector19WithoutNodes() {
        assertThat(ConsistentHashRing.empty().owners("any".getBytes(UTF_8), 1)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"node-A=1 node-B=3, 128", "0 1 2 3 4 5 6 7 8 9, 320", "foo=1 bar=2 baz=3, 192"})
    void numbersOfPoints(String nodes, int points) {
        assertThat(ring(nodes, 32).size()).isEqualTo(points);
    }

    @ParameterizedTest
    @CsvSource({
        "n0 n1 n2 n3 n4, c0230a5a05cdc525d2bd97e2e57ff20ff520249ac838b556f48e1f5b3607978a",
        "foo bar baz, 1315c122d61f7c37c913054b6304941ffe7dc59b422de4052d888a26c0329c48",
        "foo=1 bar=2 baz=3, a9652447f361065258ca3bb1e28cf7376bc20dccc409b422a26783c245a73f44"
    })
    void ownersOfTenThousandKeys(String nodes, String digest) throws NoSuchAlgorithmException {
        ConsistentHashRing ring = ring(nodes, 32);
        MessageDigest owners = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 10_000; i++) {
            owners.update(ring.owner(Integer.toString(i)).orElseThrow().getBytes(UTF_8));
        }
        assertThat(HexFormat.of().formatHex(owners.digest())).isEqualTo(digest);
    }

    @Test
    void ownersOfTheFirstTwentyNumbers() {
        ConsistentHashRing ring = ring(TRIO, 32);
        assertThat(IntStream.range(0, 20)
                        .mapToObj(Integer::toString)
                        .map(key -> ring.owner(key).orElseThrow()))
                .containsExactlyElementsOf(
                        words("foo bar bar foo baz baz foo baz bar baz" + " bar foo baz bar foo foo bar foo bar baz"));
    }

    @Test
    void sharesOfAHundredThousandKeys() {
        assertThat(RingChecks.shares(ring(TRIO, 32), 100_000))
                .isEqualTo(Map.of("foo", 37_393, "bar", 31_583, "baz", 31_024));
        assertThat(RingChecks.shares(ring("node-A=1 node-B=3", 32), 100_000))
                .isEqualTo(Map.of("node-A", 16_068, "node-B", 83_932));
    }

    private static ConsistentHashRing ring(String nodes, int partitions) {
        return ConsistentHashRing.empty(partitions).withNodes(weights(nodes));
    }

    private static Map<String, Integer> weights(String nodes) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (String node : words(nodes)) {
            int equals = node.indexOf('=');
            String name = equals < 0 ? node : node.substring(0, equals);
            weights.put(name, equals < 0 ? 1 : Integer.parseInt(node.substring(equals + 1)));
        }
        return weights;
    }

    private static List<String> words(String text) {
        return text == null || text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }

    private static List<String> points(ConsistentHashRing ring) {
        return IntStream.range(0, ring.size())
                .mapToObj(i -> HexFormat.of().formatHex(ring.points().digest(i)))
                .collect(Collectors.toList());
    }

    private static String ownerOfPoint(ConsistentHashRing ring, int index) {
        return List.copyOf(ring.nodes().keySet()).get(ring.points().owner(index));
    }
}
