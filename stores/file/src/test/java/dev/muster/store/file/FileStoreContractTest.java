package dev.muster.store.file;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileStoreContractTest extends StoreContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "file://" + base.resolve("store");
    }

    @Override
    protected boolean expire(Store store, Session session) {
        expireNow(store, session);
        return true;
    }

    /** As another process does that finds the session's lock free. */
    static void expireNow(Store store, Session session) {
        ((FileStore) store).space().end((FileSession) session);
    }
}
