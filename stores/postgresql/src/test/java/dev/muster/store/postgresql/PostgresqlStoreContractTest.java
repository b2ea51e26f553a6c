package dev.muster.store.postgresql;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;

class PostgresqlStoreContractTest extends StoreContract {

    private final PostgresServer server = PostgresServer.shared();

    @Override
    protected String url() {
        return server.url();
    }

    @Override
    protected Link link() {
        return Link.of(url());
    }

    @Override
    protected boolean expire(Store store, Session session) {
        return Expiry.end(server, session);
    }
}
