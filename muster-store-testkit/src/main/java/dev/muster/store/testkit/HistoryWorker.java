package dev.muster.store.testkit;

import dev.muster.store.MusterException;
import dev.muster.store.Store;

/** A {@link HistoryClient} in a process of its own, which does as much as each line of its input says. */
final class HistoryWorker {

    private HistoryWorker() {}

    /** Starts one. Its name must be unused in the directory's history. */
    static ChildProcess start(String url, String directory, String name) {
        return ChildProcess.start(HistoryWorker.class, url, directory, name);
    }

    public static void main(String[] arguments) {
        try (Store store = Store.open(arguments[0])) {
            HistoryClient client = new HistoryClient(store, arguments[1], arguments[2]);
            for (String order : ChildProcess.commands()) {
                for (int left = Integer.parseInt(order); left > 0; left--) {
                    next(client);
                }
            }
        }
    }

    private static void next(HistoryClient client) {
        try {
            client.next();
        } catch (MusterException printed) {
            // What became of it is in the history.
        }
    }
}
