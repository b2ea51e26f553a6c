package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * How many times a second one thread can take a lock and give it back: an owned append that answers the names, then a
 * delete guarded by the creating revision. A main class; arguments: store URI, directory, seconds.
 */
final class PairsBench {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private PairsBench() {}

    public static void main(String[] arguments) {
        String uri = arguments.length > 0 ? arguments[0] : "ipc://bench";
        String directory = arguments.length > 1 ? arguments[1] : "locks/orders";
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        try (Store store = Store.open(uri)) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            for (int second = 0; second < seconds; second++) {
                long end = System.nanoTime() + 1_000_000_000L;
                long cpu = CPU.getCurrentThreadCpuTime();
                long pairs = 0;
                while (System.nanoTime() < end) {
                    pair(store, session, directory);
                    pairs++;
                }
                cpu = CPU.getCurrentThreadCpuTime() - cpu;
                System.out.println(pairs + " pairs/s, " + pairs * 1_000_000_000L / cpu + " a second of processor time");
            }
        }
    }

    private static void pair(Store store, Session session, String directory) {
        Commit.Builder acquire = Commit.in(directory).as(session);
        String name = acquire.appendOwned("x-", Bytes.EMPTY);
        CommitResult result = store.commit(acquire.build(Commit.Reply.NAMES), DEADLINE);
        if (!result.names().contains(name)) {
            throw new IllegalStateException("the entry is not there");
        }
        long token = ((CommitResult.Applied) result).revision();
        store.commit(
                Commit.in(directory)
                        .as(session)
                        .created(name, token)
                        .delete(name)
                        .build(),
                DEADLINE);
    }
}
