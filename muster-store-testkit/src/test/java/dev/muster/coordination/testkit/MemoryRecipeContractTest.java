package dev.muster.coordination.testkit;

import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.memory.MemoryStore;

class MemoryRecipeContractTest extends RecipeContract {

    private final String url = "memory://" + Nonce.next();

    @Override
    protected String url() {
        return url;
    }

    @Override
    protected boolean expire(Store store, Session session) {
        ((MemoryStore) store).expire(session);
        return true;
    }
}
