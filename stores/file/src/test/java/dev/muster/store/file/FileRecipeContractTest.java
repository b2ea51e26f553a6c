package dev.muster.store.file;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.store.Session;
import dev.muster.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileRecipeContractTest extends RecipeContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "file://" + base.resolve("store");
    }

    @Override
    protected boolean expire(Store store, Session session) {
        FileStoreContractTest.expireNow(store, session);
        return true;
    }
}
