package dev.muster.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Three ZooKeeper servers, each in a process of its own, that form an ensemble. */
public final class ZooKeeperEnsemble implements AutoCloseable {

    private static final int MEMBERS = 3;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static @Nullable ZooKeeperEnsemble shared;

    private final List<ZooKeeperServer> members = new ArrayList<>();

    private ZooKeeperEnsemble(ZooKeeperServer.Release release, List<String> settings) {
        List<String> lines = new ArrayList<>(List.of("initLimit=10", "syncLimit=4"));
        for (int i = 1; i <= MEMBERS; i++) {
            lines.add("server." + i + "=" + Ports.HOST + ":" + Ports.free() + ":" + Ports.free());
        }
        lines.addAll(settings);
        for (int i = 1; i <= MEMBERS; i++) {
            members.add(new ZooKeeperServer(release, i, lines));
        }
    }

    /**
     * Starts one, and waits until it has a leader and followers.
     *
     * @param settings lines of the configuration of each; later ones win
     */
    public static ZooKeeperEnsemble start(ZooKeeperServer.Release release, String... settings) {
        ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(release, List.of(settings));
        ensemble.members.forEach(ZooKeeperServer::begin);
        ensemble.awaitWhole();
        return ensemble;
    }

    /** The one, of the release on the class path, that the test classes of a JVM share. Not to be stopped. */
    public static synchronized ZooKeeperEnsemble shared() {
        ZooKeeperEnsemble ensemble = shared;
        if (ensemble == null) {
            ensemble = start(ZooKeeperServer.Release.CLASS_PATH);
            shared = ensemble;
        }
        return ensemble;
    }

    /** Waits until all members that run serve. */
    public void awaitWhole() {
        Await.until(
                "the ensemble has a leader and followers",
                DEADLINE,
                () -> members.stream()
                        .filter(ZooKeeperServer::isRunning)
                        .allMatch(member -> List.of("leader", "follower").contains(String.valueOf(member.mode()))),
                () -> members.stream()
                        .map(member -> member + ": " + member.mode() + "\n"
                                + (member.isRunning() ? member.process().logTail() : "stopped"))
                        .collect(Collectors.joining("\n")));
    }

    public List<ZooKeeperServer> members() {
        return List.copyOf(members);
    }

    public ZooKeeperServer leader() {
        return members.stream()
                .filter(member -> member.isRunning() && "leader".equals(member.mode()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the ensemble has no leader now"));
    }

    /** Ends the leader as kill -9 does, and answers which it was. */
    public ZooKeeperServer killLeader() {
        ZooKeeperServer leader = leader();
        leader.kill();
        return leader;
    }

    /** Starts a member that was killed or stopped, and waits until it serves. */
    public void revive(ZooKeeperServer member) {
        member.restart();
        awaitWhole();
    }

    /** Its address as that of a store: all members. */
    public String url() {
        return "zookeeper://"
                + members.stream()
                        .map(member -> member.host() + ":" + member.port())
                        .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        members.forEach(ZooKeeperServer::close);
    }
}
