package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;

/** Curator: its mutex, and what its GroupMember is made of, a node that it keeps and a cache of their folder. */
final class CuratorLibrary implements Library {

    private static final int SESSION_MILLIS = 10_000;
    private static final int CONNECT_MILLIS = 10_000;

    private final Server server;
    private final String root;

    CuratorLibrary(Server server, String namespace) {
        this.server = server;
        this.root = "/" + namespace + "-curator";
    }

    @Override
    public String option() {
        return "curator";
    }

    @Override
    public String name() {
        return Versions.named("Curator", CuratorFramework.class);
    }

    @Override
    public String note() {
        return "InterProcessMutex";
    }

    @Override
    public String groupNote() {
        return "PersistentNode and CuratorCache, of which its GroupMember is made";
    }

    @Override
    public boolean hasGroups() {
        return true;
    }

    @Override
    public Client connect(Server from, String id) throws Exception {
        return new CuratorClient(start(from), id);
    }

    private static CuratorFramework start(Server server) throws Exception {
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(server.address())
                .sessionTimeoutMs(SESSION_MILLIS)
                .connectionTimeoutMs(CONNECT_MILLIS)
                .retryPolicy(new ExponentialBackoffRetry(100, 3));
        if (!server.user().isEmpty()) {
            builder.authorization("digest", (server.user() + ":" + server.password()).getBytes(StandardCharsets.UTF_8));
        }
        CuratorFramework curator = builder.build();
        curator.start();
        if (!curator.blockUntilConnected(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
            curator.close();
            throw new IllegalStateException("Curator reached no " + server + " within " + CONNECT_MILLIS + " ms");
        }
        return curator;
    }

    @Override
    public void close() throws Exception {
        try (CuratorFramework curator = start(server)) {
            curator.delete().deletingChildrenIfNeeded().forPath(root);
        } catch (KeeperException.NoNodeException e) {
            // Nothing was left.
            return;
        }
    }

    private final class CuratorClient extends JavaClient {

        private final CuratorFramework curator;
        private final String id;
        private final Map<String, InterProcessMutex> mutexes = new HashMap<>();

        CuratorClient(CuratorFramework curator, String id) {
            this.curator = curator;
            this.id = id;
        }

        @Override
        Hold acquire(String lock) throws Exception {
            InterProcessMutex mutex =
                    mutexes.computeIfAbsent(lock, name -> new InterProcessMutex(curator, root + "/locks/" + name));
            if (!mutex.acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Curator did not get the lock within " + PATIENCE);
            }
            return mutex::release;
        }

        @Override
        Hold enter(String group) throws Exception {
            PersistentNode node = new PersistentNode(
                    curator, CreateMode.EPHEMERAL, false, root + "/groups/" + group + "/" + id, new byte[0]);
            node.start();
            if (!node.waitForInitialCreate(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Curator did not join the group within " + PATIENCE);
            }
            return node::close;
        }

        @Override
        public Watcher watch(String group) throws Exception {
            String folder = root + "/groups/" + group;
            if (curator.checkExists().forPath(folder) == null) {
                curator.create().creatingParentsIfNeeded().forPath(folder);
            }
            return Callbacks.of((onJoin, onLeave) -> {
                CuratorCache cache = CuratorCache.build(curator, folder);
                CountDownLatch ready = new CountDownLatch(1);
                cache.listenable()
                        .addListener(CuratorCacheListener.builder()
                                .forInitialized(ready::countDown)
                                .forCreates(node -> {
                                    if (!node.getPath().equals(folder)) {
                                        onJoin.run();
                                    }
                                })
                                .forDeletes(node -> onLeave.run())
                                .build());
                cache.start();
                if (!ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Curator's cache was not ready within " + PATIENCE);
                }
                return cache;
            });
        }

        @Override
        public void close() {
            curator.close();
        }
    }
}
