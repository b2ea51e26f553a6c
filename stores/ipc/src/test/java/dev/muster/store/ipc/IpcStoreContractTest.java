package dev.muster.store.ipc;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class IpcStoreContractTest extends StoreContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "ipc://contract?dir=" + base;
    }

    /** As another process does that finds the session's lock free. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((IpcStore) store).space().end(((IpcSession) session).owner()).run();
        return true;
    }
}
