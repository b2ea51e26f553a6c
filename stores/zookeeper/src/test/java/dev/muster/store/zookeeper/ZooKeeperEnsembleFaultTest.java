package dev.muster.store.zookeeper;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.ZooKeeperEnsemble;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Store;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On three servers. */
class ZooKeeperEnsembleFaultTest extends FaultContract {

    private static ZooKeeperEnsemble ensemble;

    @BeforeAll
    static void start() {
        ensemble = ZooKeeperEnsemble.start(ZooKeeperServer.Release.CLASS_PATH);
    }

    @AfterAll
    static void stop() {
        ensemble.close();
    }

    @Override
    protected String url() {
        return ensemble.url();
    }

    @Override
    protected String called(Store store) {
        return "zookeeper, three servers";
    }

    private static void killFollower() {
        ensemble.members().stream()
                .filter(member -> "follower".equals(member.mode()))
                .findFirst()
                .orElseThrow()
                .kill();
    }

    private static void reviveAll() {
        ensemble.members().stream().filter(member -> !member.isRunning()).forEach(ensemble::revive);
    }

    @Override
    protected List<ServerFault> serverFaults() {
        return List.of(
                ServerFault.of("lose their leader", ensemble::killLeader)
                        .repairedBy(ZooKeeperEnsembleFaultTest::reviveAll),
                ServerFault.of("lose one of three that does not lead", ZooKeeperEnsembleFaultTest::killFollower)
                        .repairedBy(ZooKeeperEnsembleFaultTest::reviveAll));
    }
}
