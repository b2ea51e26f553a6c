package dev.muster.coordination.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.Trait;
import dev.muster.store.testkit.DirectoryFleet;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one fault, made some times, has led to: a line of the table. */
final class FaultTally {

    private static final int SHOWN = 3;

    /** Half of the owners that go on are told of their loss within this time, and all within ten times as much. */
    private static final Duration NOTICE = Duration.ofMillis(100);

    private final FaultSubject subject;
    private final String fault;
    private final List<Duration> followed = new ArrayList<>();
    private final List<Duration> told = new ArrayList<>();
    private final List<String> breaches = new ArrayList<>();
    private int times;
    private int histories;
    private int events;
    private int staleWrites;
    private int actionsTooLate;

    FaultTally(FaultSubject subject, String fault) {
        this.subject = subject;
        this.fault = fault;
    }

    /** The fault is made once more. */
    void again() {
        times++;
    }

    /** The time until the next owner knew, or until a write was taken again. */
    void followed(Duration time) {
        followed.add(time);
    }

    /** The time from a fault until the next owner knew; nothing where that was before, for another reason. */
    void followed(long faultNanos, Event next) {
        if (next.nanos() - faultNanos > 0) {
            followed.add(Duration.ofNanos(next.nanos() - faultNanos));
        }
    }

    /** The time from when a lost owner could go on until its listener was told. */
    void told(Duration time) {
        told.add(time);
    }

    /** @param keptData false where the servers forgot, on purpose, who owned */
    void check(OwnershipHistory history, boolean keptData) {
        histories++;
        events += history.size();
        List<String> stale = history.staleWrites();
        List<String> late = history.actionsTooLate();
        staleWrites += stale.size();
        actionsTooLate += late.size();
        breaches.addAll(history.sharedTokens());
        breaches.addAll(history.tokensOutOfOrder());
        breaches.addAll(stale);
        if (keptData && subject.promises(Trait.LEASE_SAFE)) {
            breaches.addAll(late);
        }
    }

    void check(DirectoryFleet fleet, boolean keptData) {
        histories++;
        breaches.addAll(fleet.finish(subject.promises(Trait.LINEARIZABLE), keptData));
        events += fleet.operations();
    }

    /** Adds the line to the report, and fails where there was a breach. */
    void close() {
        FaultReport.add(List.of(
                subject.engine(),
                fault,
                Integer.toString(times),
                subject.endsWithItsProcess() ? "with the process" : FaultReport.seconds(subject.lease()),
                FaultReport.quantile(followed, 0.5),
                FaultReport.quantile(followed, 0.99),
                FaultReport.quantile(told, 0.5),
                FaultReport.quantile(told, 1),
                Integer.toString(histories),
                Integer.toString(events),
                Integer.toString(breaches.size()),
                Integer.toString(staleWrites),
                Integer.toString(actionsTooLate)));
        assertThat(breaches.subList(0, Math.min(SHOWN, breaches.size())))
                .as("the first of " + breaches.size() + " breaches of what " + subject.engine() + " promises, " + fault)
                .isEmpty();
        Duration notice = Patience.scaled(NOTICE);
        assertThat(told)
                .as("times until owners that went on were told of their loss")
                .allMatch(time -> time.compareTo(notice.multipliedBy(10)) < 0);
        assertThat(told.stream().filter(time -> time.compareTo(notice) > 0).count())
                .as("how many of " + told + " are above " + notice)
                .isLessThanOrEqualTo(told.size() > 1 ? told.size() / 2 : 1);
    }
}
