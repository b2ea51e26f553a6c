package dev.muster.store.etcd;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On one server of a release that keeps leases safe. */
class EtcdFaultTest extends FaultContract {

    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.start(EtcdRelease.RECENT);
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
        return "etcd, one server";
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
