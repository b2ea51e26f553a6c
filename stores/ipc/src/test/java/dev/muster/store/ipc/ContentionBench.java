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
import java.util.ArrayList;
import java.util.List;

/**
 * How processes share one directory when all commit to it without a pause. A main class; arguments: store URI, processes,
 * seconds. Prints each process's commits a second.
 */
final class ContentionBench {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private ContentionBench() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2) {
            hammer(arguments[0], Integer.parseInt(arguments[1]));
            return;
        }
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            processes.add(new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ContentionBench.class.getName(),
                            arguments[0],
                            arguments[2])
                    .inheritIO()
                    .start());
        }
        for (Process process : processes) {
            process.waitFor();
        }
    }

    private static void hammer(String uri, int seconds) {
        try (Store store = Store.open(uri)) {
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            for (int second = 0; second < seconds; second++) {
                long end = System.nanoTime() + 1_000_000_000L;
                long cpu = CPU.getCurrentThreadCpuTime();
                long commits = 0;
                long longest = 0;
                long last = System.nanoTime();
                while (last < end) {
                    Commit.Builder take = Commit.in("contended").as(session);
                    String name = take.appendOwned("x-", Bytes.EMPTY);
                    CommitResult result = store.commit(take.build(Commit.Reply.NAMES), DEADLINE);
                    if (!result.names().contains(name)) {
                        throw new IllegalStateException("the entry is not there");
                    }
                    store.commit(Commit.in("contended").as(session).delete(name).build(), DEADLINE);
                    commits += 2;
                    long now = System.nanoTime();
                    longest = Math.max(longest, now - last);
                    last = now;
                }
                cpu = CPU.getCurrentThreadCpuTime() - cpu;
                System.out.println(ProcessHandle.current().pid() + ": " + commits + " commits/s, " + cpu / commits
                        + " ns of processor time each, longest pair " + longest / 1000 + " µs");
            }
        }
    }
}
