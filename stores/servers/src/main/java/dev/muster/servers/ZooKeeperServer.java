package dev.muster.servers;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper server, alone or a member of a {@link ZooKeeperEnsemble}. A tick is half a second, so sessions last a
 * second at least. What it has acknowledged survives {@link #restart} and {@link #kill}, and not {@link #restartEmpty}.
 */
public final class ZooKeeperServer extends SingleServer {

    /** Which server runs. */
    public enum Release {
        /** Debian's package of it: 3.8. */
        DEBIAN,
        /** The one on the class path of the test: 3.9, which must hold the server's own dependencies. */
        CLASS_PATH
    }

    private static final Path JAR = Path.of("/usr/share/java/zookeeper.jar");
    private static final Path LOGGING = Path.of("/usr/share/java/slf4j-simple.jar");

    private static @Nullable ZooKeeperServer shared;

    private final int port = Ports.free();
    private final int tlsPort = Ports.free();
    private final List<String> settings;
    private final String classPath;
    private final TemporaryFolder folder;
    private final int number;

    ZooKeeperServer(Release release, int number, List<String> settings) {
        this.classPath = classPath(release);
        this.number = number;
        this.settings = settings;
        // Another user may not read the jars of the test's class path.
        this.folder =
                TemporaryFolder.create("zookeeper", release == Release.DEBIAN ? Account.of("zookeeper") : Account.OWN);
    }

    private static String classPath(Release release) {
        if (release == Release.DEBIAN) {
            return Requirement.file("zookeeper", JAR) + File.pathSeparator + Requirement.file("libslf4j-java", LOGGING);
        }
        List<String> parts = new ArrayList<>();
        // Folders of the test's own classes may be closed to the server's user, and hold settings of the test's log.
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (part.endsWith(".jar")) {
                parts.add(part);
            }
        }
        return String.join(File.pathSeparator, parts);
    }

    /**
     * Starts one that is alone, and waits until it answers.
     *
     * @param settings lines of its configuration besides those that every one gets; later ones win
     */
    public static ZooKeeperServer start(Release release, String... settings) {
        ZooKeeperServer server = new ZooKeeperServer(release, 0, List.of(settings));
        server.restart();
        return server;
    }

    /** The one, of Debian's release, that the test classes of a JVM share; ended with the JVM. Not to be stopped. */
    public static synchronized ZooKeeperServer shared() {
        ZooKeeperServer server = shared;
        if (server == null) {
            server = start(Release.DEBIAN);
            shared = server;
        }
        return server;
    }

    public String host() {
        return Ports.HOST;
    }

    public int port() {
        return port;
    }

    /** Where it would listen for TLS: the test's settings name the port with their keys. */
    public int tlsPort() {
        return tlsPort;
    }

    /** Its folder, for files that its settings name. */
    @Override
    public TemporaryFolder folder() {
        return folder;
    }

    /** Its address as that of a store. */
    public String url() {
        return "zookeeper://" + host() + ":" + port;
    }

    /** Stops it if it runs, and starts it on the same port with the data it had. */
    @Override
    public void restart() {
        begin();
        process().awaitReady("it serves requests", () -> mode() != null);
    }

    /** As {@link #restart}, without waiting: a member waits for the others. */
    void begin() {
        stop();
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=500",
                "dataDir=" + folder.folder("data"),
                "clientPort=" + port,
                "clientPortAddress=" + host(),
                "admin.enableServer=false",
                "4lw.commands.whitelist=*",
                "maxClientCnxns=0",
                "minSessionTimeout=1000",
                "maxSessionTimeout=60000"));
        lines.addAll(settings);
        if (number > 0) {
            folder.write("data/myid", Integer.toString(number));
        }
        Path configuration = folder.write("zoo.cfg", String.join("\n", lines) + "\n");
        runs(ServerProcess.command(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        classPath,
                        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                        configuration)
                .as(folder.account())
                .start(toString(), folder.resolve("log")));
    }

    /** What it says it is: standalone, leader, follower; null where it does not serve. */
    public @Nullable String mode() {
        try {
            for (String line : ask("srvr").split("\n", -1)) {
                if (line.startsWith("Mode: ")) {
                    return line.substring("Mode: ".length());
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    /** Its answer to one of its commands of four letters. */
    public String ask(String command) throws IOException {
        try (Socket socket = new Socket(host(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public String toString() {
        return "zookeeper on port " + port;
    }
}
