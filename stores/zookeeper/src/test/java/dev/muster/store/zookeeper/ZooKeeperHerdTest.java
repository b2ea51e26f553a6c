package dev.muster.store.zookeeper;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.testkit.HerdContract;
import dev.muster.store.testkit.Link;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterEach;

class ZooKeeperHerdTest extends HerdContract {

    private final ZooKeeperServer server = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected Link link() {
        return Link.of(server.url());
    }

    @Override
    protected void restartServer() {
        server.restart();
    }

    /** The request for the names, which every listing begins with. */
    @Override
    protected List<byte[]> listingOf(String directory) {
        byte[] path = new Layout("/muster").directory(directory).getBytes(StandardCharsets.UTF_8);
        return List.of(request(ZooDefs.OpCode.getChildren, path), request(ZooDefs.OpCode.getChildren2, path));
    }

    private static byte[] request(int operation, byte[] path) {
        return ByteBuffer.allocate(8 + path.length)
                .putInt(operation)
                .putInt(path.length)
                .put(path)
                .array();
    }
}
