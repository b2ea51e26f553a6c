package dev.muster.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Three members of etcd. A leader that is gone has a successor after one to two seconds. */
public final class EtcdCluster implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MEMBERS = 3;

    private static @Nullable EtcdCluster shared;

    private final List<EtcdServer> members = new ArrayList<>();

    private EtcdCluster(EtcdRelease release) {
        for (int i = 1; i <= MEMBERS; i++) {
            members.add(new EtcdServer(release, "e" + i, false));
        }
    }

    /** Starts three, and waits until all of them answer. */
    public static EtcdCluster start(EtcdRelease release) {
        EtcdCluster cluster = new EtcdCluster(release);
        cluster.members.forEach(member -> member.joins(cluster.members));
        cluster.members.forEach(EtcdServer::launch);
        cluster.members.forEach(EtcdServer::awaitReady);
        return cluster;
    }

    /** The one that the test classes of a JVM share; ended with the JVM. Not to be stopped. */
    public static synchronized EtcdCluster shared() {
        EtcdCluster cluster = shared;
        if (cluster == null) {
            cluster = start(EtcdRelease.RECENT);
            shared = cluster;
        }
        return cluster;
    }

    public List<EtcdServer> members() {
        return List.copyOf(members);
    }

    /** Their addresses as those of a store. */
    public String url() {
        return "etcd://"
                + String.join(
                        ",",
                        members.stream()
                                .map(member -> member.host() + ":" + member.port())
                                .toList());
    }

    /** The member that leads; waits for one. */
    public EtcdServer leader() {
        EtcdServer[] found = new EtcdServer[1];
        Await.until(
                "a member leads",
                DEADLINE,
                () -> {
                    for (EtcdServer member : members) {
                        if (member.isLeader()) {
                            found[0] = member;
                        }
                    }
                    return found[0] != null;
                },
                () -> members.toString());
        return found[0];
    }

    @Override
    public void close() {
        members.forEach(EtcdServer::close);
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
