package dev.muster.benchmarks.group;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.child.Cost;
import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.InTurn;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.harness.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Many members join one group while ten processes watch it: time and traffic shall grow as the members do, no faster. */
public final class Joining implements Benchmark {

    private static final int[] SIZES = {100, 300, 1000};
    private static final int[] QUICK_SIZES = {30, 100, 300};
    private static final int FOLLOWERS = 10;
    private static final int MOST_ROUNDS = 5;
    private static final double LINEAR = 1.25;

    private final String engine;
    private int groups;

    public Joining(String engine) {
        this.engine = engine;
    }

    /** What a group of so many took, for each of its members. */
    private record PerMember(double millis, double kib, double calls, double events, double cpuMillis) {}

    @Override
    public String name() {
        return "join-" + engine;
    }

    @Override
    public String about() {
        return "members open a session and join one group that 10 processes watch, " + engine + " engine";
    }

    @Override
    public List<Line> run(Settings settings) throws Exception {
        List<Child> children = new ArrayList<>();
        try {
            String uri = settings.places().of(engine, "join");
            children.add(Child.start(JoiningChild.class, uri));
            for (int i = 0; i < FOLLOWERS; i++) {
                children.add(Child.start(FollowingChild.class, uri, String.valueOf(i)));
            }
            for (Child child : children) {
                child.expect("ready");
            }
            int[] sizes = settings.isQuick() ? QUICK_SIZES : SIZES;
            settings.progress().now(name() + ": warms up");
            join(children, sizes[1]);
            List<InTurn.Turn<PerMember>> turns = IntStream.of(sizes)
                    .mapToObj(size -> new InTurn.Turn<>(label(size), () -> join(children, size)))
                    .toList();
            return lines(sizes, InTurn.rounds(settings, name(), Math.min(MOST_ROUNDS, settings.rounds()), turns));
        } finally {
            Child.closeAll(children);
        }
    }

    private PerMember join(List<Child> children, int size) throws IOException {
        Child joiner = children.get(0);
        List<Child> followers = children.subList(1, children.size());
        String group = "group-" + groups++;
        order(joiner, "create " + group);
        for (Child follower : followers) {
            follower.tell("watch " + group + " " + size);
            follower.expect("watching");
        }
        Cost before = Cost.of(children);
        long begin = System.nanoTime();
        order(joiner, "join " + group + " " + size);
        long end = System.nanoTime();
        long events = 0;
        for (Child follower : followers) {
            String[] seen = follower.answer().split(" ", -1);
            end = Math.max(end, Long.parseLong(seen[0]));
            events += Long.parseLong(seen[1]);
        }
        Cost cost = Cost.of(children).minus(before);
        order(joiner, "leave");
        return new PerMember(
                (end - begin) / 1e6 / size,
                cost.bytes() / 1024.0 / size,
                (double) cost.calls() / size,
                (double) events / size,
                cost.cpuSeconds() * 1e3 / size);
    }

    private static void order(Child child, String order) throws IOException {
        child.tell(order);
        child.expect("done");
    }

    private static String label(int size) {
        return Numbers.plain(size) + " members";
    }

    private List<Line> lines(int[] sizes, List<List<PerMember>> samples) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            List<PerMember> rounds = samples.get(i);
            lines.add(Line.of(name(), label(sizes[i]), "ms/member", spread(rounds, PerMember::millis))
                    .note(Numbers.plain(median(rounds, PerMember::kib)) + " KiB in "
                            + Numbers.plain(median(rounds, PerMember::calls)) + " calls, "
                            + Numbers.plain(median(rounds, PerMember::cpuMillis)) + " ms of CPU and "
                            + Numbers.plain(median(rounds, PerMember::events)) + " events a member"));
        }
        lines.add(growth("time", samples, PerMember::millis));
        lines.add(growth("bytes", samples, PerMember::kib));
        lines.add(growth("calls", samples, PerMember::calls));
        return lines;
    }

    /** How much dearer a member is in the largest group than in the smallest. */
    private Line growth(String what, List<List<PerMember>> sizes, ToDoubleFunction<PerMember> of) {
        double growth = median(sizes.get(sizes.size() - 1), of) / median(sizes.get(0), of);
        Line line = Line.of(name(), what + " a member, largest to smallest", "×", new Spread(growth, growth, growth));
        // What ipc moves goes through mapped memory, and what is left of its traffic is too little to grow.
        return engine.equals("ipc") ? line : line.target("linear: ≤ " + LINEAR + " ×", growth <= LINEAR);
    }

    private static double median(List<PerMember> rounds, ToDoubleFunction<PerMember> of) {
        return spread(rounds, of).median();
    }

    private static Spread spread(List<PerMember> rounds, ToDoubleFunction<PerMember> of) {
        return Spread.of(rounds.stream().map(of::applyAsDouble).toList());
    }
}
