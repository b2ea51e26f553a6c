package dev.muster.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three nodes of a Redis Cluster without replicas, each with a third of the hash slots. */
public final class RedisCluster implements AutoCloseable {

    private static final int NODES = 3;
    private static final int SLOTS = 16_384;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final List<RedisServer> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Starts them, and waits until every node takes the cluster for whole. */
    public static RedisCluster start() {
        RedisCluster cluster = new RedisCluster();
        boolean started = false;
        try {
            cluster.startAll();
            started = true;
            return cluster;
        } finally {
            if (!started) {
                cluster.close();
            }
        }
    }

    private void startAll() {
        int[] buses = new int[NODES];
        for (int i = 0; i < NODES; i++) {
            buses[i] = Ports.free();
            RedisServer node =
                    RedisServer.start("--cluster-enabled", "yes", "--cluster-port", String.valueOf(buses[i]));
            nodes.add(node);
            int first = SLOTS * i / NODES;
            int last = SLOTS * (i + 1) / NODES - 1;
            node.command("CLUSTER ADDSLOTSRANGE " + first + " " + last);
        }
        for (int i = 1; i < NODES; i++) {
            RedisServer node = nodes.get(i);
            nodes.get(0).command("CLUSTER MEET " + node.host() + " " + node.port() + " " + buses[i]);
        }
        Await.until("every node takes the cluster for whole", DEADLINE, this::isWhole, this::toString);
    }

    private boolean isWhole() {
        return nodes.stream().allMatch(node -> {
            String info = node.command("CLUSTER INFO");
            return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + NODES);
        });
    }

    /** All nodes. */
    public List<RedisServer> nodes() {
        return List.copyOf(nodes);
    }

    /** The node that holds the hash slot of this key, or of the tag in it. */
    public RedisServer holding(String key) {
        String answer = nodes.get(0).command("CLUSTER KEYSLOT " + key);
        int slot = Integer.parseInt(answer.substring(1, answer.indexOf('\r')));
        return nodes.get((int) (((slot + 1L) * NODES - 1) / SLOTS));
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }

    @Override
    public String toString() {
        return "redis cluster of " + nodes;
    }
}
