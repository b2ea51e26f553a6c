package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.testkit.DirectoryFleet;
import java.time.Duration;
import java.util.List;

/** Servers fail while some processes own and others commit. */
final class ServerFaults {

    private static final int CLIENTS = 2;

    private final FaultSubject subject;

    ServerFaults(FaultSubject subject) {
        this.subject = subject;
    }

    void inflict(ServerFault fault, int times) {
        FaultTally tally = new FaultTally(subject, "servers " + fault.name());
        try (FaultRun run = subject.owners(false, name -> subject.place());
                DirectoryFleet fleet = subject.clients(CLIENTS, name -> subject.place())) {
            for (int i = 0; i < times; i++) {
                inflictOnce(fault, run, tally);
            }
            run.awaitWorkingOwner();
            tally.check(run.history(), fault.keepsData());
            tally.check(fleet, fault.keepsData());
        }
        tally.close();
    }

    static void inflictOnce(ServerFault fault, FaultRun run, FaultTally tally) {
        tally.again();
        run.awaitWorkingOwner();
        long failed = System.nanoTime();
        fault.inflict().run();
        // The second: the first may have been under way.
        Event first = run.awaitWriteAfter(System.nanoTime());
        tally.followed(Duration.ofNanos(run.awaitWriteAfter(first.nanos()).nanos() - failed));
        fault.repair().run();
    }

    /** One of each after the other, those that lose data last. */
    static boolean inflictAll(List<ServerFault> faults, FaultRun run, FaultTally tally) {
        faults.stream().filter(ServerFault::keepsData).forEach(fault -> inflictOnce(fault, run, tally));
        faults.stream().filter(fault -> !fault.keepsData()).forEach(fault -> inflictOnce(fault, run, tally));
        return faults.stream().allMatch(ServerFault::keepsData);
    }
}
