package dev.muster.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Redis primary with a replica, and three sentinels that make the replica the primary when that has been gone for 3 s: a
 * busy machine is not a failed primary.
 */
public final class RedisSentinels implements AutoCloseable {

    /** The name that the sentinels know the primary by. */
    public static final String MASTER = "mymaster";

    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static @Nullable RedisSentinels shared;

    private final Path program = Requirement.program("redis-sentinel", "redis-sentinel");
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<ServerProcess> sentinels = new ArrayList<>();
    private final List<TemporaryFolder> folders = new ArrayList<>();

    private final @Nullable RedisGuard guard;

    private RedisSentinels(@Nullable RedisGuard guard) {
        this.guard = guard;
    }

    /** Starts all of them, and waits until the sentinels know each other and the replica. */
    public static RedisSentinels start() {
        return started(new RedisSentinels(null));
    }

    /** Those that the test classes of a JVM share; ended with the JVM. Not to be stopped. */
    public static synchronized RedisSentinels shared() {
        RedisSentinels all = shared;
        if (all == null) {
            all = start();
            shared = all;
        }
        return all;
    }

    /**
     * Starts all of them guarded: the servers want one password, the sentinels another, and clients reach the sentinels
     * with TLS only.
     */
    public static RedisSentinels startGuarded() {
        return started(new RedisSentinels(new RedisGuard()));
    }

    private static RedisSentinels started(RedisSentinels all) {
        boolean started = false;
        try {
            all.startAll();
            started = true;
            return all;
        } finally {
            if (!started) {
                all.close();
            }
        }
    }

    private void startAll() {
        RedisServer primary = server();
        servers.add(primary);
        servers.add(server("--replicaof", primary.host(), String.valueOf(primary.port())));
        for (int i = 0; i < SENTINELS; i++) {
            startSentinel(primary);
        }
        Await.until("every sentinel knows the others and the replica", DEADLINE, this::isComplete, this::toString);
    }

    private RedisServer server(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0"));
        arguments.addAll(List.of(more));
        if (guard == null) {
            return RedisServer.start(arguments.toArray(new String[0]));
        }
        arguments.addAll(List.of("--masterauth", RedisGuard.SERVERS));
        RedisServer server = RedisServer.startWithPassword(RedisGuard.SERVERS, arguments.toArray(new String[0]));
        guard.letSentinelsIn(server);
        return server;
    }

    /** A sentinel writes into its own configuration. */
    private void startSentinel(RedisServer primary) {
        TemporaryFolder folder = TemporaryFolder.create("redis-sentinel", Account.of("redis"));
        folders.add(folder);
        int port = Ports.free();
        ports.add(port);
        Path configuration = folder.write(
                "sentinel.conf",
                String.join(
                        "\n",
                        "port " + port,
                        "bind " + Ports.HOST,
                        "dir " + folder.path(),
                        "sentinel monitor " + MASTER + " " + primary.host() + " " + primary.port() + " " + QUORUM,
                        "sentinel down-after-milliseconds " + MASTER + " 3000",
                        "sentinel failover-timeout " + MASTER + " 5000",
                        "sentinel parallel-syncs " + MASTER + " 1",
                        guard == null ? "" : guard.sentinel(MASTER, folder),
                        ""));
        sentinels.add(ServerProcess.command(program, configuration)
                .as(folder.account())
                .start("redis-sentinel on port " + port, folder.resolve("log")));
    }

    private boolean isComplete() throws IOException {
        for (int port : ports) {
            List<String> known = ask(port, "SENTINEL MASTER " + MASTER);
            if (!valueOf(known, "num-slaves").equals("1")
                    || !valueOf(known, "num-other-sentinels").equals(String.valueOf(SENTINELS - 1))) {
                return false;
            }
        }
        return true;
    }

    private static String valueOf(List<String> pairs, String name) {
        int at = pairs.indexOf(name);
        return at < 0 || at + 1 == pairs.size() ? "" : pairs.get(at + 1);
    }

    /** Asks for a list of texts. */
    private List<String> ask(int port, String question) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            String login = guard == null ? "" : "AUTH " + RedisGuard.SENTINELS + "\r\n";
            socket.getOutputStream().write((login + question + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            if (guard != null) {
                in.readLine();
            }
            String head = in.readLine();
            List<String> texts = new ArrayList<>();
            if (head == null || !head.startsWith("*") || head.startsWith("*-")) {
                return texts;
            }
            for (int left = Integer.parseInt(head.substring(1)); left > 0; left--) {
                String length = in.readLine();
                String text = in.readLine();
                if (length == null || text == null) {
                    throw new IOException("an answer of the sentinel on port " + port + " broke off");
                }
                texts.add(text);
            }
            return texts;
        }
    }

    /** The address of the store whose primary the sentinels name, with all that it takes to get there. */
    public String url() {
        return guard == null
                ? "redis+sentinel://" + hosts(ports) + "/" + MASTER
                : "redis+sentinel://:" + RedisGuard.SERVERS + "@" + guardedHosts() + "/" + MASTER + "?"
                        + guard.options();
    }

    /** Where clients reach the sentinels with TLS, where they are guarded. */
    public String guardedHosts() {
        return hosts(guard().ports());
    }

    /** What guards them. */
    public RedisGuard guard() {
        if (guard == null) {
            throw new IllegalStateException("these sentinels are not guarded");
        }
        return guard;
    }

    private static String hosts(List<Integer> ports) {
        return String.join(
                ",", ports.stream().map(port -> Ports.HOST + ":" + port).toList());
    }

    /** Keeps the sentinels, which must be guarded, from a server that goes on serving everybody else. */
    public void cutOff(RedisServer server) {
        guard().keepSentinelsOut(server);
    }

    /** The server that the first sentinel takes for the primary now. */
    public RedisServer primary() {
        try {
            List<String> address = ask(ports.get(0), "SENTINEL GET-MASTER-ADDR-BY-NAME " + MASTER);
            for (RedisServer server : servers) {
                if (address.size() == 2 && address.get(1).equals(String.valueOf(server.port()))) {
                    return server;
                }
            }
            throw new IllegalStateException("the sentinels name the primary " + address);
        } catch (IOException e) {
            throw new IllegalStateException("a sentinel did not answer", e);
        }
    }

    /** The server that is not the primary now. */
    public RedisServer replica() {
        RedisServer primary = primary();
        return servers.get(0) == primary ? servers.get(1) : servers.get(0);
    }

    /** Waits until another server than this is the primary. */
    public RedisServer awaitPrimaryOtherThan(RedisServer old) {
        Await.until("the sentinels name another primary", DEADLINE, () -> primary() != old, this::toString);
        return primary();
    }

    /** Starts the server that was killed or stopped, and waits until it follows the primary. */
    public void reviveAll() {
        servers.stream().filter(server -> !server.isRunning()).forEach(RedisServer::restart);
        Await.until(
                "every sentinel knows the replica, and it follows the primary",
                DEADLINE.multipliedBy(2),
                () -> isComplete() && primary().isFollowed(),
                this::toString);
    }

    @Override
    public void close() {
        sentinels.forEach(ServerProcess::close);
        servers.forEach(RedisServer::close);
        folders.forEach(TemporaryFolder::close);
        if (guard != null) {
            guard.close();
        }
    }

    @Override
    public String toString() {
        return "redis with sentinels on ports " + ports + ": " + servers;
    }
}
