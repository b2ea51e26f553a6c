package dev.muster.benchmarks.group;

import dev.muster.benchmarks.child.Orders;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.store.Cancellable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A process that watches a group until it has seen so many members join. */
final class FollowingChild {

    private FollowingChild() {}

    public static void main(String[] arguments) throws Exception {
        Orders orders = new Orders();
        try (Coordinator coordinator = Coordinator.connect(arguments[0], "follower-" + arguments[1])) {
            orders.answer("ready");
            for (String order = orders.next(); order != null; order = orders.next()) {
                String[] words = order.split(" ", -1);
                CountDownLatch joins = new CountDownLatch(Integer.parseInt(words[2]));
                AtomicLong events = new AtomicLong();
                Cancellable watching = coordinator.group(words[1]).watch(event -> {
                    events.incrementAndGet();
                    if (event instanceof GroupEvent.Joined) {
                        joins.countDown();
                    }
                });
                orders.answer("watching");
                joins.await();
                long last = System.nanoTime();
                watching.cancel();
                orders.answer(last + " " + events.get());
            }
        }
    }
}
