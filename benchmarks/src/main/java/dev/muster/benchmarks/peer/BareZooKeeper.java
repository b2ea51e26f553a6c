package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A node's data set, by ZooKeeper's own client. */
final class BareZooKeeper extends BareLibrary {

    private static final int SESSION_MILLIS = 10_000;

    private final Server server;
    private final String root;

    BareZooKeeper(Server server, String namespace) {
        this.server = server;
        this.root = "/" + namespace + "-raw";
    }

    @Override
    public String name() {
        return "bare setData";
    }

    @Override
    public String note() {
        return Versions.named("ZooKeeper", ZooKeeper.class);
    }

    @Override
    public Client connect(Server from, String id) throws Exception {
        ZooKeeper zooKeeper = open(from);
        String path = root + "/" + id;
        create(zooKeeper, root);
        create(zooKeeper, path);
        return new BareClient(zooKeeper, () -> zooKeeper.setData(path, BareClient.VALUE, -1));
    }

    private static ZooKeeper open(Server server) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zooKeeper = new ZooKeeper(server.address(), SESSION_MILLIS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (!connected.await(SESSION_MILLIS, TimeUnit.MILLISECONDS)) {
            zooKeeper.close();
            throw new IllegalStateException("no " + server + " within " + SESSION_MILLIS + " ms");
        }
        if (!server.user().isEmpty()) {
            zooKeeper.addAuthInfo("digest", (server.user() + ":" + server.password()).getBytes(StandardCharsets.UTF_8));
        }
        return zooKeeper;
    }

    private static void create(ZooKeeper zooKeeper, String path) throws Exception {
        try {
            zooKeeper.create(path, BareClient.VALUE, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // Another client was first, or this one's predecessor.
            return;
        }
    }

    @Override
    public void close() throws Exception {
        ZooKeeper zooKeeper = open(server);
        try {
            if (zooKeeper.exists(root, false) != null) {
                ZKUtil.deleteRecursive(zooKeeper, root);
            }
        } finally {
            zooKeeper.close();
        }
    }
}
