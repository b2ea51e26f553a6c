package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A main class that commits without a pause, in one directory with all its like, until it is killed or has done its
 * number of rounds. Arguments: store URI, its name, the file of what it knows to be committed, rounds.
 */
final class Worker {

    static final String DIRECTORY = "work";
    static final String COUNTER = "counter";
    static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final Bytes BALLAST = Bytes.wrap(new byte[200]);

    private final Store store;
    private final Session session;
    private final String name;
    private final Acknowledged acknowledged;

    private Worker(Store store, String name, Acknowledged acknowledged) {
        this.store = store;
        this.session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
        this.name = name;
        this.acknowledged = acknowledged;
    }

    public static void main(String[] arguments) {
        Store store = Store.open(arguments[0]);
        Worker worker = new Worker(store, arguments[1], Acknowledged.in(Path.of(arguments[2])));
        ChildProcess.reply("ready");
        long rounds = Long.parseLong(arguments[3]);
        for (long round = 1; round <= rounds; round++) {
            worker.putOwn(round);
            worker.takeAndGiveBack();
            worker.raise();
        }
        ChildProcess.reply("done");
        store.close();
    }

    /** An unowned entry: it must outlive this process. */
    private void putOwn(long value) {
        commit(Commit.in(DIRECTORY).put("last-" + name, Bytes.utf8(Long.toString(value))));
        acknowledged.own(value);
    }

    /** Fills the log, and leaves something owned about most of the time. */
    private void takeAndGiveBack() {
        Commit.Builder take = Commit.in(DIRECTORY).as(session);
        String entry = take.appendOwned(name + "-", BALLAST);
        long created = ((CommitResult.Applied) commit(take)).revision();
        commit(Commit.in(DIRECTORY).as(session).created(entry, created).delete(entry));
    }

    private void raise() {
        raise(store);
        acknowledged.shared(acknowledged.shared() + 1);
    }

    /** Adds one to the counter that all share, however many others do. */
    static void raise(Store store) {
        while (true) {
            Optional<Entry> counter = store.list(DIRECTORY, DEADLINE).find(COUNTER);
            long value =
                    counter.map(entry -> Long.parseLong(entry.value().utf8())).orElse(0L);
            Commit.Builder commit = Commit.in(DIRECTORY).put(COUNTER, Bytes.utf8(Long.toString(value + 1)));
            counter.ifPresentOrElse(entry -> commit.at(COUNTER, entry.modified()), () -> commit.absent(COUNTER));
            if (store.commit(commit.build(), DEADLINE).isApplied()) {
                return;
            }
        }
    }

    private CommitResult commit(Commit.Builder commit) {
        return store.commit(commit.build(), DEADLINE);
    }
}
