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

    /** As another process does that finds the session's lock free. */
    @Override
    protected boolean expire(Store store, Session session) {
        ((FileStore) store).space().end((FileSession) session);
        ((FileStore) store).space().lose(((FileSession) session).number());
        return true;
    }
}
