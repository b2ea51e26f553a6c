package dev.muster.servers;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was not closed when the JVM ends, the last first: a server before the folder of its data. */
final class AtExit {

    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static boolean hooked;

    private AtExit() {}

    static void close(AutoCloseable closeable) {
        synchronized (OPEN) {
            OPEN.addFirst(closeable);
            if (!hooked) {
                hooked = true;
                Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "ending the servers of the tests"));
            }
        }
    }

    static void forget(AutoCloseable closeable) {
        synchronized (OPEN) {
            OPEN.remove(closeable);
        }
    }

    private static void closeAll() {
        while (true) {
            AutoCloseable next;
            synchronized (OPEN) {
                next = OPEN.pollFirst();
            }
            if (next == null) {
                return;
            }
            try {
                next.close();
            } catch (Exception e) {
                // There is no one left to throw it to, and the rest has to be closed too.
                System.err.println("could not close " + next + ": " + e);
            }
        }
    }
}
