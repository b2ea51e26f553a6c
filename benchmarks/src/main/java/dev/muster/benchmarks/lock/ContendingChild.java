package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.child.Orders;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.lock.DistributedLock;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that want one lock all the time: each with a coordinator, all with one store. */
final class ContendingChild {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int MOST = 100_000;

    private ContendingChild() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[1]);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (Store store = Store.open(arguments[0])) {
            List<DistributedLock> locks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String id = "contender-" + arguments[2] + "-" + i;
                locks.add(Coordinator.over(store, CoordinatorOptions.member(id).build())
                        .start()
                        .lock("wanted"));
            }
            Orders orders = new Orders();
            orders.answer("ready");
            for (String order = orders.next(); order != null; order = orders.next()) {
                long nanos = Duration.ofMillis(Long.parseLong(order.substring("contend ".length())))
                        .toNanos();
                List<Future<List<String>>> all = new ArrayList<>();
                for (DistributedLock lock : locks) {
                    all.add(executor.submit(() -> contend(lock, nanos)));
                }
                List<String> tenures = new ArrayList<>();
                for (Future<List<String>> one : all) {
                    tenures.addAll(one.get());
                }
                orders.answer(String.valueOf(tenures.size()));
                if (!tenures.isEmpty()) {
                    orders.answer(String.join("\n", tenures));
                }
            }
        } finally {
            executor.shutdown();
        }
    }

    private static List<String> contend(DistributedLock lock, long nanos) {
        List<long[]> tenures = new ArrayList<>();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < nanos && tenures.size() < MOST) {
            LockHandle held = lock.acquire(WAIT);
            long acquired = System.nanoTime();
            tenures.add(new long[] {held.token().value(), acquired, System.nanoTime()});
            held.release();
        }
        return tenures.stream()
                .map(tenure -> tenure[0] + " " + tenure[1] + " " + tenure[2])
                .toList();
    }
}
