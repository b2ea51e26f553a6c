package dev.muster.store.file;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract once more, with sessions that also have a lease. */
@Tag("slow")
class FileStoreWithLeaseContractTest extends StoreContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "file://" + base.resolve("store") + "?lease=2s";
    }

    @Override
    protected boolean expire(Store store, Session session) {
        FileStoreContractTest.expireNow(store, session);
        return true;
    }
}
