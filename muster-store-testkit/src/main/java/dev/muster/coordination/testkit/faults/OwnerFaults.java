package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.testkit.ClientPlace;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.function.Function;

/** Processes that own are killed and stopped. */
final class OwnerFaults {

    private final FaultSubject subject;

    OwnerFaults(FaultSubject subject) {
        this.subject = subject;
    }

    void kill(String fault, boolean leads, int times, Function<String, ClientPlace> places) {
        FaultTally tally = new FaultTally(subject, fault);
        try (FaultRun run = subject.owners(leads, places)) {
            for (int i = 0; i < times; i++) {
                killOnce(run, tally);
            }
            run.awaitWorkingOwner();
            tally.check(run.history(), true);
        }
        tally.close();
    }

    static void killOnce(FaultRun run, FaultTally tally) {
        tally.again();
        Event owner = run.awaitWorkingOwner();
        long killed = System.nanoTime();
        run.process(owner).kill();
        run.begin();
        tally.followed(killed, run.awaitOwnerAfter(owner));
    }

    /** @param leases for how many leases, in turn */
    void stop(String fault, int rounds, double... leases) {
        FaultTally tally = new FaultTally(subject, fault);
        try (FaultRun run = subject.owners(false, name -> subject.place())) {
            for (int i = 0; i < rounds * leases.length; i++) {
                stopOnce(run, leases[i % leases.length], tally);
            }
            run.awaitWorkingOwner();
            tally.check(run.history(), true);
        }
        tally.close();
    }

    void stopOnce(FaultRun run, double leases, FaultTally tally) {
        tally.again();
        Event owner = run.awaitWorkingOwner();
        long stopped = System.nanoTime();
        long time = (long) (subject.lease().toNanos() * leases);
        run.process(owner).stop();
        Patience.pass("the time of a stop", Duration.ofNanos(time));
        boolean another = run.isFollowed(owner);
        long resumed = System.nanoTime();
        run.process(owner).resume();
        if (another) {
            Event loss = run.awaitLoss(owner);
            if (loss.nanos() - resumed > 0) {
                tally.told(FaultSubject.from(resumed, loss));
            }
            tally.followed(stopped, run.awaitOwnerAfter(owner));
        }
    }

    /** With writes that carry no token, until a stale one was found to be taken, at most some rounds. */
    boolean findsStaleWrites(int rounds) {
        try (FaultRun run = subject.owners(false, false, name -> subject.place())) {
            boolean found = false;
            for (int i = 0; i < rounds && !found; i++) {
                Event owner = run.awaitWorkingOwner();
                run.process(owner).stop();
                Event next = run.awaitOwnerAfter(owner);
                run.awaitWriteAfter(next.nanos());
                long resumed = System.nanoTime();
                run.process(owner).resume();
                run.awaitLoss(owner);
                run.awaitWriteAfter(resumed + Duration.ofMillis(100).toNanos());
                found = !run.history().staleWrites().isEmpty();
            }
            return found;
        }
    }
}
