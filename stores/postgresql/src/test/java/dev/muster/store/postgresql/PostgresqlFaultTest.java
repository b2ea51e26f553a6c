package dev.muster.store.postgresql;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.PostgresServer;
import dev.muster.store.testkit.Link;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlFaultTest extends FaultContract {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start("max_connections=300");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected String url() {
        return server.url();
    }

    @Override
    protected Link link() {
        return Link.of(url());
    }

    @Override
    protected List<ServerFault> serverFaults() {
        return ServerFault.ofOneServer(server::kill, server::restart, server::restartEmpty);
    }
}
