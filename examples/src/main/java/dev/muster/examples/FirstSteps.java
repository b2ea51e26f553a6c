package dev.muster.examples;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import java.time.Duration;

/** The ten lines of the README. */
public final class FirstSteps {

    private FirstSteps() {}

    public static void main(String[] args) {
        run(args.length > 0 ? args[0] : "file:///tmp/muster-first");
    }

    static void run(String storeUri) {
        try (Coordinator coordinator = Coordinator.connect(storeUri, "worker-1")) {
            try (LockHandle lock = coordinator.lock("orders").acquire(Duration.ofSeconds(10))) {
                System.out.println("mine, with fencing token " + lock.token());
            }
            Partitioner partitioner = coordinator.partition("workers", PartitionOptions.DEFAULT);
            System.out.println("order 4711 is mine: " + partitioner.belongsToSelf("4711"));
            coordinator
                    .election("workers")
                    .run(leadership -> System.out.println("leading, term " + leadership.token()));
        }
    }
}
