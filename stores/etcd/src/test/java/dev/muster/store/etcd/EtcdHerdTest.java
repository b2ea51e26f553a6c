package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.testkit.HerdContract;
import dev.muster.store.testkit.Link;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class EtcdHerdTest extends HerdContract {

    private final EtcdServer server = EtcdServer.start(EtcdRelease.RECENT);

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

    /** The range of the directory's keys with the limit of a page, which the opening of a watch does not have. */
    @Override
    protected List<byte[]> listingOf(String directory) {
        ByteString range = new Keys("muster").directory(directory);
        return List.of(Ops.page(range, false).build().toByteArray());
    }
}
