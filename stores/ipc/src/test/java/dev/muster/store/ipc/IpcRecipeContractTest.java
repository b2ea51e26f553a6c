package dev.muster.store.ipc;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.store.Session;
import dev.muster.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class IpcRecipeContractTest extends RecipeContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "ipc://recipes?dir=" + base;
    }

    @Override
    protected boolean expire(Store store, Session session) {
        ((IpcStore) store).space().end(((IpcSession) session).owner()).run();
        return true;
    }
}
