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

    /** How members reach each other: through something in between, which a test can cut. */
    public interface Routes {

        /** Straight to where the other listens. */
        Routes DIRECT = (from, to, port) -> port;

        /**
         * The port of this host at which a member finds a port of another.
         *
         * @param from the number of who connects, 1 to 3; that of who is connected to in {@code to}
         */
        int port(int from, int to, int port);
    }

    private ZooKeeperEnsemble(ZooKeeperServer.Release release, Routes routes, List<String> settings) {
        int[][] ports = new int[MEMBERS + 1][];
        for (int i = 1; i <= MEMBERS; i++) {
            ports[i] = new int[] {Ports.free(), Ports.free()};
        }
        for (int from = 1; from <= MEMBERS; from++) {
            List<String> lines = new ArrayList<>(List.of("initLimit=10", "syncLimit=4"));
            for (int to = 1; to <= MEMBERS; to++) {
                lines.add("server." + to + "=" + Ports.HOST + ":" + reached(routes, from, to, ports[to][0]) + ":"
                        + reached(routes, from, to, ports[to][1]));
            }
            lines.addAll(settings);
            members.add(new ZooKeeperServer(release, from, lines));
        }
    }

    private static int reached(Routes routes, int from, int to, int port) {
        return from == to ? port : routes.port(from, to, port);
    }

    /**
     * Starts one, and waits until it has a leader and followers.
     *
     * @param settings lines of the configuration of each; later ones win
     */
    public static ZooKeeperEnsemble start(ZooKeeperServer.Release release, String... settings) {
        return start(release, Routes.DIRECT, settings);
    }

    /** Starts one whose members reach each other by these routes. With fresh data member 1 does not come to lead. */
    public static ZooKeeperEnsemble start(ZooKeeperServer.Release release, Routes routes, String... settings) {
        ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(release, routes, List.of(settings));
        ensemble.members.forEach(ZooKeeperServer::begin);
        ensemble.awaitWhole();
        return ensemble;
    }

    /**
     * The one, of the release on the class path, that the test classes of a JVM share. Not to be stopped. It leaves its logs
     * to the kernel, since three servers that force each write to one disk mostly wait for it.
     */
    public static synchronized ZooKeeperEnsemble shared() {
        ZooKeeperEnsemble ensemble = shared;
        if (ensemble == null) {
            ensemble = start(ZooKeeperServer.Release.CLASS_PATH, "forceSync=no");
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

    /** The member that leads, as soon as there is one. */
    public ZooKeeperServer awaitLeader() {
        Await.until(
                "the ensemble has a leader",
                DEADLINE,
                () -> members.stream().anyMatch(member -> member.isRunning() && "leader".equals(member.mode())),
                () -> members.toString());
        return leader();
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
