package dev.muster.benchmarks.ring;

/** Takes answers, so that no compiler leaves out the work that made them. */
final class Sink {

    private int sum;

    void take(Object answer) {
        sum += answer.hashCode();
    }

    @Override
    public String toString() {
        return "sink of " + sum;
    }
}
