package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.testkit.DirectoryFleet;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.Patience;
import java.time.Duration;

/** The network between processes and their server fails. */
final class NetworkFaults {

    private static final Duration DELAY = Duration.ofMillis(100);
    private static final Duration JITTER = Duration.ofMillis(20);
    private static final int CLIENTS = 3;

    private final FaultSubject subject;
    private final Link link;

    NetworkFaults(FaultSubject subject, Link link) {
        this.subject = subject;
        this.link = link;
    }

    private interface Fault {
        void make(Wires wires, FaultRun run, FaultTally tally);
    }

    private void make(String fault, int times, Fault once) {
        FaultTally tally = new FaultTally(subject, fault);
        try (Wires wires = new Wires(link);
                FaultRun run = subject.owners(false, wires::place);
                DirectoryFleet fleet = subject.clients(CLIENTS, wires::place)) {
            for (int i = 0; i < times; i++) {
                once.make(wires, run, tally);
            }
            run.awaitWorkingOwner();
            wires.treat(FaultProxy::pass);
            tally.check(run.history(), true);
            tally.check(fleet, true);
        }
        tally.close();
    }

    void swallowReplies(int times) {
        make("replies swallowed, then connections cut", times, NetworkFaults::swallowOnce);
    }

    /** Every request under way is carried out, and nobody hears of it. */
    static void swallowOnce(Wires wires, FaultRun run, FaultTally tally) {
        tally.again();
        FaultProxy ofOwner = wires.of(run.awaitWorkingOwner().process());
        long began = System.nanoTime();
        long before = ofOwner.swallowed();
        wires.treat(FaultProxy::swallowReplies);
        Patience.await("a reply to swallow").until(() -> ofOwner.swallowed() > before);
        wires.treat(proxy -> {
            proxy.cut();
            proxy.pass();
        });
        Event first = run.awaitWriteAfter(System.nanoTime());
        tally.followed(Duration.ofNanos(run.awaitWriteAfter(first.nanos()).nanos() - began));
    }

    void cutOwnersOff(int times) {
        make("owner cut off until another owns", times, NetworkFaults::cutOffOnce);
    }

    /** The network drops all that the owner sends or is sent, without a word to either side. */
    static void cutOffOnce(Wires wires, FaultRun run, FaultTally tally) {
        tally.again();
        Event owner = run.awaitWorkingOwner();
        FaultProxy proxy = wires.of(owner.process());
        long cut = System.nanoTime();
        proxy.silence();
        tally.followed(cut, run.awaitOwnerAfter(owner));
        run.awaitLoss(owner);
        proxy.pass();
    }

    void delay(int times) {
        make("all delayed by 100 ± 20 ms each way, holder killed", times, (wires, run, tally) -> {
            wires.treat(proxy -> proxy.delay(DELAY, JITTER));
            OwnerFaults.killOnce(run, tally);
        });
    }
}
