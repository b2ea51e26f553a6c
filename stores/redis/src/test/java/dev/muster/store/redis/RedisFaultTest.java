package dev.muster.store.redis;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.coordination.testkit.faults.ServerFault;
import dev.muster.servers.RedisServer;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a server that forces every write to the disk before it answers. */
class RedisFaultTest extends FaultContract {

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start("--appendfsync", "always");
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
        return "redis, one server, durable";
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
