package dev.muster.store.postgresql;

import dev.muster.coordination.testkit.RecipeContract;
import dev.muster.servers.PostgresServer;
import dev.muster.store.Session;
import dev.muster.store.Store;

class PostgresqlRecipeContractTest extends RecipeContract {

    private final PostgresServer server = PostgresServer.shared();

    @Override
    protected String url() {
        return server.url();
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiry.end(server, session);
    }
}
