package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import java.util.concurrent.locks.LockSupport;

/** A main class that owns an entry and does nothing. Argument: store URI. */
final class Owner {

    private Owner() {}

    public static void main(String[] arguments) {
        Store store = Store.open(arguments[0]);
        Session session = store.openSession(SessionOptions.DEFAULT, Worker.DEADLINE);
        store.commit(
                Commit.in("owned").as(session).putOwned("mine", Bytes.EMPTY).build(), Worker.DEADLINE);
        ChildProcess.reply("owned");
        while (session.mayOwn()) {
            LockSupport.park();
        }
    }
}
