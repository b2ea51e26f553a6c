package dev.muster.benchmarks.ring;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Contender;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.tooz.Tooz;
import dev.muster.coordination.partition.ConsistentHashRing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ring that agrees with tooz to the bit, beside the original: of a hundred nodes: looked up, made, and changed. */
public final class PythonRing implements Benchmark {

    private static final double TARGET = 20;
    private static final String LOOKUPS = "lookups/s";
    private static final String BUILDS = "rings made/s";
    private static final String CHANGES = "nodes added and removed/s";

    @Override
    public String name() {
        return "ring-md5";
    }

    @Override
    public String about() {
        return "find the owner of a key in the MD5 ring of 100 nodes, make that ring, change it; beside tooz's";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        Map<String, Integer> nodes = Rings.nodes();
        byte[][] keys = Rings.keys();
        ConsistentHashRing ring = ConsistentHashRing.of(nodes);
        Sink sink = new Sink();
        Contender lookup = Contender.repeating("Muster, look up", keys.length, i -> sink.take(ring.owner(keys[i])));
        Contender build = Contender.repeating("Muster, make", 1, i -> sink.take(ConsistentHashRing.of(nodes)));
        Contender change = Contender.repeating(
                "Muster, change", 1, i -> sink.take(ring.withNode("another", 1).withoutNode("another")));
        try (Tooz tooz = Tooz.start(settings.python(), settings.places().folder())) {
            List<Spread> rates = InTurn.rates(
                    settings,
                    name(),
                    List.of(
                            lookup,
                            tooz.ring("tooz, look up", "lookup", Rings.NODES),
                            build,
                            tooz.ring("tooz, make", "build", Rings.NODES),
                            change,
                            tooz.ring("tooz, change", "change", Rings.NODES)));
            List<Line> lines = new ArrayList<>(beside(LOOKUPS, rates.get(0), rates.get(1), tooz));
            lines.addAll(beside(BUILDS, rates.get(2), rates.get(3), tooz));
            lines.addAll(beside(CHANGES, rates.get(4), rates.get(5), tooz));
            return lines;
        } catch (Tooz.Missing missing) {
            List<Spread> rates = InTurn.rates(settings, name(), List.of(lookup, build, change));
            return List.of(
                    Line.of(name(), "Muster MD5 ring", LOOKUPS, rates.get(0)),
                    Line.of(name(), "Muster MD5 ring", BUILDS, rates.get(1)),
                    Line.of(name(), "Muster MD5 ring", CHANGES, rates.get(2)),
                    Line.missing(name(), "tooz.hashring", missing));
        }
    }

    private List<Line> beside(String unit, Spread ours, Spread peer, Tooz tooz) {
        double ratio = ours.over(peer);
        Line line = Line.of(name(), "Muster MD5 ring", unit, ours).note(Numbers.times(ratio) + " tooz");
        return List.of(
                unit.equals(CHANGES) ? line : line.target("≥ 20 × tooz", ratio >= TARGET),
                Line.of(name(), "tooz.hashring", unit, peer).note(tooz.version()));
    }
}
