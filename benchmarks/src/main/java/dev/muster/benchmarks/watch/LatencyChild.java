package dev.muster.benchmarks.watch;

import dev.muster.benchmarks.child.Orders;
import dev.muster.store.Entry;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Watches a directory, and notes how late each value comes: a value is its number and the time it was written. */
final class LatencyChild {

    private final List<Long> delays = new ArrayList<>();
    private long seen = -1;

    private LatencyChild() {}

    public static void main(String[] arguments) throws Exception {
        LatencyChild self = new LatencyChild();
        Orders orders = new Orders();
        try (Store store = Store.open(arguments[0])) {
            store.watch(WatchLatency.DIRECTORY, WatchOptions.ALL, self::onEvent);
            orders.answer("ready");
            for (String order = orders.next(); order != null; order = orders.next()) {
                orders.answer(self.delaysUpTo(Long.parseLong(order)));
            }
        }
    }

    private synchronized void onEvent(WatchEvent event) {
        long now = System.nanoTime();
        if (event instanceof WatchEvent.Changed changed) {
            for (Entry put : changed.puts()) {
                String[] value = put.value().utf8().split(" ", -1);
                seen = Long.parseLong(value[0]);
                delays.add(now - Long.parseLong(value[1]));
            }
            notifyAll();
        }
    }

    /** The nanoseconds of all that came since the last report, once the value of this number is there. */
    private synchronized String delaysUpTo(long number) throws InterruptedException {
        while (seen < number) {
            wait();
        }
        String report = delays.stream().map(String::valueOf).collect(Collectors.joining(" "));
        delays.clear();
        return report;
    }
}
