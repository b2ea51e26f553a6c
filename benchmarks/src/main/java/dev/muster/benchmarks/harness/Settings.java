package dev.muster.benchmarks.harness;

import java.time.Duration;

/**
 * How a run shall be.
 *
 * @param rounds how often each contender is measured
 * @param round how long each time, where the row measures a rate
 * @param idle how long idle processes are looked at
 * @param isQuick whether rows of a size of their own take a small one
 * @param places where stores are made
 * @param python the interpreter that has the peer
 */
public record Settings(
        int rounds, Duration round, Duration idle, boolean isQuick, Places places, String python, Progress progress) {

    /** How long a contender works before its first round: compilers and caches need it. */
    public Duration warmUp() {
        return Duration.ofSeconds(isQuick ? 1 : 3);
    }
}
