package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.server.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much faster than its peers an engine shall be.
 *
 * @param factor our rate as a multiple of the best of the peers'
 * @param peers those that count
 */
record Goal(double factor, List<Libraries> peers) {

    /** An acquire may take so many times as long as a bare durable write of one key. */
    static final double ACQUIRE_WRITES = 1.3;

    private static final double HAND_OVER_WRITES = 2;
    private static final double HAND_OVER_P50_MILLIS = 5;
    private static final double HAND_OVER_P99_MILLIS = 20;

    /** For locks that nobody else wants. */
    static Goal uncontended(Kind kind) {
        return switch (kind) {
            case ZOOKEEPER -> new Goal(1.5, List.of(Libraries.CURATOR));
            case REDIS -> new Goal(1.2, List.of(Libraries.REDISSON, Libraries.REDISSON_FAIR, Libraries.TOOZ));
            case ETCD -> new Goal(1.3, List.of(Libraries.JETCD));
            case POSTGRESQL -> new Goal(1.5, List.of(Libraries.JDBC_LOCK_REGISTRY, Libraries.SHEDLOCK));
        };
    }

    /**
     * For one lock that so many want; empty where nothing is asked. Only peers that are fair count, as ours are: one whose
     * holder takes the lock again at once hands nothing over, and a rate of that is another thing.
     */
    static Optional<Goal> contended(Kind kind, int contenders) {
        return switch (kind) {
            case ZOOKEEPER -> Optional.of(new Goal(1.5, List.of(Libraries.CURATOR)));
            case REDIS -> Optional.of(new Goal(1.2, List.of(Libraries.REDISSON_FAIR)));
            case ETCD -> contenders < 8 ? Optional.empty() : Optional.of(new Goal(3, List.of(Libraries.JETCD)));
            case POSTGRESQL -> Optional.empty();
        };
    }

    /** The line with this goal, as far as there are figures to hold it against. */
    Line on(Line line, Map<Libraries, Spread> rates) {
        Spread ours = rates.get(Libraries.MUSTER);
        List<Libraries> there = peers.stream().filter(rates::containsKey).toList();
        if (ours == null || there.isEmpty()) {
            return line;
        }
        Spread best = there.stream()
                .map(rates::get)
                .max(Comparator.comparingDouble(Spread::median))
                .orElseThrow();
        String names = String.join(", ", there.stream().map(Libraries::option).toList());
        return line.target(
                "≥ " + factor + " × " + (there.size() == 1 ? "" : "the best of ") + names, ours.over(best) >= factor);
    }

    /** The line of our median hand-over with its goal, beside the time of a bare write. */
    static Line handOverMiddle(Line line, Spread ours, Spread write) {
        double most = HAND_OVER_WRITES * write.median() + HAND_OVER_P50_MILLIS;
        return line.target("≤ 2 writes + 5 = " + Numbers.plain(most) + " ms", ours.median() <= most);
    }

    /** The same of the 99th percentiles. */
    static Line handOverTail(Line line, Spread ours, Spread write) {
        double most = HAND_OVER_WRITES * write.median() + HAND_OVER_P99_MILLIS;
        return line.target("≤ 2 writes' p99 + 20 = " + Numbers.plain(most) + " ms", ours.median() <= most);
    }
}
