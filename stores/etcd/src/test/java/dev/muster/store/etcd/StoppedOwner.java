package dev.muster.store.etcd;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Retrying;
import java.io.IOException;
import java.time.Duration;

/** A process that owns an entry and tells when it learns that it lost it: {@code System.nanoTime}, one clock on a host. */
public final class StoppedOwner {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private StoppedOwner() {}

    public static void main(String[] arguments) throws IOException {
        // A JVM that has just started on a busy machine may be slower than an engine waits.
        try (Store store = Retrying.get("an open store", DEADLINE, () -> Store.open(arguments[0]))) {
            Session session = store.openSession(new SessionOptions(Duration.ofSeconds(3)), DEADLINE);
            session.listen(state -> {
                if (state == Session.State.LOST) {
                    ChildProcess.reply("" + System.nanoTime());
                }
            });
            store.commit(
                    Commit.in(arguments[1])
                            .as(session)
                            .putOwned("a", Bytes.utf8("1"))
                            .build(),
                    DEADLINE);
            ChildProcess.reply("owns");
            // Until the other side closes its end.
            System.in.readAllBytes();
        }
    }
}
