package dev.muster.store.etcd;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.EtcdCluster;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Store;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On three servers of a release that keeps leases safe. */
class EtcdClusterFaultTest extends FaultContract {

    private static EtcdCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.start(EtcdRelease.RECENT);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected String url() {
        return cluster.url();
    }

    @Override
    protected String called(Store store) {
        return "etcd, three servers";
    }

    private static EtcdServer follower() {
        EtcdServer leader = cluster.leader();
        return cluster.members().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
    }

    private static void reviveAll() {
        cluster.members().stream().filter(member -> !member.isRunning()).forEach(EtcdServer::restart);
    }

    @Override
    protected List<ServerFault> serverFaults() {
        return List.of(
                ServerFault.of("lose their leader", () -> cluster.leader().kill())
                        .repairedBy(EtcdClusterFaultTest::reviveAll),
                ServerFault.of(
                                "lose one of three that does not lead",
                                () -> follower().kill())
                        .repairedBy(EtcdClusterFaultTest::reviveAll));
    }
}
