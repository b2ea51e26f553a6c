package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * How long after a commit of another process a watch is told. A main class. As {@code watch URI 0} it watches and
 * prints percentiles once the other one ends; as {@code commit URI COUNT PAUSE_MICROS} it commits the monotonic time of the
 * host, which all its processes share. As {@code idle URI WATCHES SECONDS} it watches what nobody changes.
 */
final class WakeBench {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private WakeBench() {}

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        try (Store store = Store.open(arguments[1])) {
            switch (arguments[0]) {
                case "watch" -> watch(store);
                case "commit" -> commit(store, count, Integer.parseInt(arguments[3]));
                default -> idle(store, count, Integer.parseInt(arguments[3]));
            }
        }
    }

    private static void watch(Store store) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        List<Long> micros = Collections.synchronizedList(new ArrayList<>());
        int[] fresh = new int[1];
        store.watch("wake", WatchOptions.ALL, event -> {
            long now = System.nanoTime();
            if (event instanceof WatchEvent.Changed changed) {
                if (changed.puts().stream().anyMatch(put -> put.name().equals("end"))) {
                    end.countDown();
                    return;
                }
                changed.puts()
                        .forEach(put ->
                                micros.add((now - Long.parseLong(put.value().utf8())) / 1000));
            } else {
                fresh[0]++;
                if (fresh[0] > 1
                        && ((WatchEvent.Listed) event).listing().find("end").isPresent()) {
                    end.countDown();
                }
            }
        });
        System.out.println("watching");
        end.await();
        List<Long> sorted = micros.stream().sorted().toList();
        System.out.printf(
                "%d changes, %d listings: p50 %d µs, p90 %d, p99 %d, max %d%n",
                sorted.size(),
                fresh[0],
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 9 / 10),
                sorted.get(sorted.size() * 99 / 100),
                sorted.get(sorted.size() - 1));
    }

    private static void commit(Store store, int count, int pauseMicros) {
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(pauseMicros * 1000L);
            Bytes now = Bytes.utf8(Long.toString(System.nanoTime()));
            store.commit(Commit.in("wake").put("time", now).build(), DEADLINE);
        }
        end(store);
    }

    private static void end(Store store) {
        store.commit(Commit.in("wake").put("end", Bytes.EMPTY).build(), DEADLINE);
        store.commit(Commit.in("wake").delete("end").delete("time").build(), DEADLINE);
    }

    private static void idle(Store store, int watches, int seconds) {
        for (int i = 0; i < watches; i++) {
            store.watch("idle/" + i, WatchOptions.ALL, event -> {});
        }
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
    }
}
