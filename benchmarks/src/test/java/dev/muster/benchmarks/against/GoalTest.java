package dev.muster.benchmarks.against;

import static dev.muster.benchmarks.peer.Libraries.JDBC_LOCK_REGISTRY;
import static dev.muster.benchmarks.peer.Libraries.JETCD;
import static dev.muster.benchmarks.peer.Libraries.MUSTER;
import static dev.muster.benchmarks.peer.Libraries.REDISSON_FAIR;
import static dev.muster.benchmarks.peer.Libraries.SHEDLOCK;
import static dev.muster.benchmarks.peer.Libraries.TOOZ;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.server.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalTest {

    @Test
    void holdsOursAgainstTheBestOfThePeersThatCount() {
        Goal goal = Goal.uncontended(Kind.POSTGRESQL);
        Map<Libraries, Spread> rates =
                Map.of(MUSTER, rate(150), JDBC_LOCK_REGISTRY, rate(50), SHEDLOCK, rate(100), TOOZ, rate(1_000));
        Line line = goal.on(line(), rates);
        assertThat(line.target()).isEqualTo("≥ 1.5 × the best of jdbc-lock-registry, shedlock");
        assertThat(line.reached()).isTrue();
        assertThat(goal.on(line(), Map.of(MUSTER, rate(149), SHEDLOCK, rate(100)))
                        .reached())
                .isFalse();
    }

    @Test
    void saysNothingWherePeersOrOursWereNotMeasured() {
        Goal goal = Goal.uncontended(Kind.ETCD);
        assertThat(goal.on(line(), Map.of(MUSTER, rate(1))).reached()).isNull();
        assertThat(goal.on(line(), Map.of(JETCD, rate(1))).reached()).isNull();
    }

    @Test
    void asksMoreOfEtcdTheMoreContend() {
        assertThat(Goal.contended(Kind.ETCD, 2)).isEmpty();
        assertThat(Goal.contended(Kind.ETCD, 8).orElseThrow().factor()).isEqualTo(3);
        assertThat(Goal.uncontended(Kind.ETCD).factor()).isEqualTo(1.3);
    }

    @Test
    void holdsContendedLocksAgainstFairOnesAlone() {
        assertThat(Goal.contended(Kind.REDIS, 8).orElseThrow().peers()).containsExactly(REDISSON_FAIR);
        assertThat(Goal.contended(Kind.POSTGRESQL, 8)).isEmpty();
    }

    @Test
    void allowsAHandOverTwoWritesAndAConstant() {
        assertThat(Goal.handOverMiddle(line(), rate(9), rate(2)).reached()).isTrue();
        assertThat(Goal.handOverMiddle(line(), rate(9.1), rate(2)).reached()).isFalse();
        assertThat(Goal.handOverTail(line(), rate(24), rate(2)).reached()).isTrue();
        assertThat(Goal.handOverTail(line(), rate(24.1), rate(2)).reached()).isFalse();
    }

    private static Line line() {
        return Line.of("row", "Muster", "pairs/s", rate(1));
    }

    private static Spread rate(double median) {
        return new Spread(median, median / 2, median * 2);
    }
}
