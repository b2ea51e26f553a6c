package dev.muster.benchmarks.ring;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Contender;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.coordination.partition.ConsistentHashRing;
import dev.muster.coordination.partition.RendezvousHashRing;
import java.util.List;
import java.util.stream.Stream;

/** How long the owner of a key takes to find, on one thread, among a hundred nodes. */
public final class FastRing implements Benchmark {

    private static final double TARGET = 40;

    @Override
    public String name() {
        return "ring-fast";
    }

    @Override
    public String about() {
        return "find the owner of a key among 100 nodes: the fast ring, with and without hashing the key";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        byte[][] keys = Rings.keys();
        long[] hashes = Stream.of(keys).mapToLong(RendezvousHashRing::keyHash).toArray();
        RendezvousHashRing fast = RendezvousHashRing.of(Rings.nodes());
        ConsistentHashRing md5 = ConsistentHashRing.of(Rings.nodes());
        Sink sink = new Sink();
        List<Spread> rates = InTurn.rates(
                settings,
                name(),
                List.of(
                        Contender.repeating("hashed", keys.length, i -> sink.take(fast.owner(hashes[i]))),
                        Contender.repeating("fast", keys.length, i -> sink.take(fast.owner(keys[i]))),
                        Contender.repeating("MD5", keys.length, i -> sink.take(md5.owner(keys[i])))));
        List<Spread> nanos = rates.stream().map(rate -> rate.dividing(1e9)).toList();
        return List.of(
                Line.of(name(), "fast ring, key hashed beforehand", "ns", nanos.get(0))
                        .target("≤ 40 ns", nanos.get(0).median() <= TARGET),
                Line.of(name(), "fast ring", "ns", nanos.get(1)),
                Line.of(name(), "MD5 ring", "ns", nanos.get(2)));
    }
}
