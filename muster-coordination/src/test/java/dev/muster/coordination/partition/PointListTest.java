package dev.muster.coordination.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Digests that differ late or lie close together, which no real nodes would give in a lifetime. */
class PointListTest {
    @Test
    void digestsAreOrderedAsUnsignedNumbersToTheLastByte() {
        PointList sorted = list(
                        "ffffffffffffffff0000000000000001",
                        "00000000000000000000000000000000",
                        "80000000000000008000000000000000",
                        "80000000000000007fffffffffffffff",
                        "ffffffffffffffff00000000000000ff",
                        "7fffffffffffffffffffffffffffffff")
                .sorted();
        assertThat(digests(sorted))
                .containsExactly(
                        "00000000000000000000000000000000",
                        "7fffffffffffffffffffffffffffffff",
                        "80000000000000007fffffffffffffff",
                        "80000000000000008000000000000000",
                        "ffffffffffffffff0000000000000001",
                        "ffffffffffffffff00000000000000ff");
        assertThat(IntStream.range(0, 6).map(sorted::owner)).containsExactly(1, 5, 3, 2, 0, 4);
    }

    @Test
    void aKeyBelongsToThePointStrictlyAboveIt() {
        RingPoints points = RingPoints.NONE.merge(
                new int[0],
                list(
                        "80000000000000000000000000000000",
                        "80000000000000000000000000000001",
                        "8000000000000000ffffffffffffffff"));
        assertThat(following(points, "00000000000000000000000000000000")).isEqualTo(0);
        assertThat(following(points, "7fffffffffffffffffffffffffffffff")).isEqualTo(0);
        assertThat(following(points, "80000000000000000000000000000000")).isEqualTo(1);
        assertThat(following(points, "80000000000000000000000000000001")).isEqualTo(2);
        assertThat(following(points, "8000000000000000fffffffffffffffe")).isEqualTo(2);
        assertThat(following(points, "8000000000000000ffffffffffffffff")).isEqualTo(0);
        assertThat(following(points, "ffffffffffffffffffffffffffffffff")).isEqualTo(0);
    }

    @Test
    void ofEqualPointsTheOneWithTheHighestOwnerStays() {
        PointList older = list("10000000000000000000000000000000", "20000000000000000000000000000000");
        PointList newer = new PointList(3);
        newer.add(bytes("10000000000000000000000000000000"), 2);
        newer.add(bytes("20000000000000000000000000000000"), 0);
        newer.add(bytes("10000000000000000000000000000000"), 1);
        PointList merged = older.sorted().merge(new int[] {0, 3}, newer.sorted());
        assertThat(digests(merged))
                .containsExactly("10000000000000000000000000000000", "20000000000000000000000000000000");
        assertThat(IntStream.range(0, 2).map(merged::owner)).containsExactly(2, 3);
    }

    private static PointList list(String... digests) {
        PointList list = new PointList(digests.length);
        Arrays.stream(digests).forEach(digest -> list.add(bytes(digest), list.size()));
        return list;
    }

    private static List<String> digests(PointList list) {
        return IntStream.range(0, list.size())
                .mapToObj(i -> HexFormat.of().formatHex(list.digest(i)))
                .toList();
    }

    private static int following(RingPoints points, String digest) {
        return points.following(bytes(digest));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
