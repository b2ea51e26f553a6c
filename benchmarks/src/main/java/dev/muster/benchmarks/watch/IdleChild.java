package dev.muster.benchmarks.watch;

import dev.muster.benchmarks.child.Orders;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;

/** A member of so many groups that watches each of them, and nothing happens. */
final class IdleChild {

    private IdleChild() {}

    public static void main(String[] arguments) throws Exception {
        try (Coordinator coordinator = Coordinator.connect(arguments[0], "idle-" + arguments[2])) {
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                Group group = coordinator.group("idle-" + i);
                group.joinOrCreate(Capabilities.NONE);
                group.watch(event -> {});
            }
            new Orders().untilEnd();
        }
    }
}
