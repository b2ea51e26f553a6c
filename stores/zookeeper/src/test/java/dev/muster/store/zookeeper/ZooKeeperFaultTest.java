package dev.muster.store.zookeeper;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On one server. */
class ZooKeeperFaultTest extends FaultContract {

    private static ZooKeeperServer server;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);
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
    protected String called(Store store) {
        return "zookeeper, one server";
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
