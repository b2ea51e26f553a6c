package dev.muster.benchmarks.ring;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** What all contenders look up, and where. */
final class Rings {

    static final int NODES = 100;
    static final int KEYS = 4096;

    private Rings() {}

    /** A hundred nodes of equal weight, of the names that the peer has too. */
    static Map<String, Integer> nodes() {
        Map<String, Integer> nodes = new LinkedHashMap<>();
        IntStream.range(0, NODES).forEach(i -> nodes.put("node-" + i, 1));
        return nodes;
    }

    static byte[][] keys() {
        return IntStream.range(0, KEYS)
                .mapToObj(i -> ("key-" + i).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
