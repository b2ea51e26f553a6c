package dev.muster.servers;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL with the user and the database {@code muster}. It is as durable as the settings say; by default all that
 * it has acknowledged survives {@link #restart} and {@link #kill}, and nothing {@link #restartEmpty}.
 */
public final class PostgresServer extends SingleServer {

    private static final String NAME = "muster";
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private static final Duration CHILDREN_GO = Duration.ofSeconds(10);

    private static @Nullable PostgresServer shared;

    private final Path programs;
    private final int port = Ports.free();
    private final List<String> settings;
    private final @Nullable String password;
    private final @Nullable PostgresServer primary;
    private final TemporaryFolder folder;
    private final @Nullable Certificates certificates;

    private PostgresServer(
            @Nullable String password, boolean tls, @Nullable PostgresServer primary, String... settings) {
        this.programs = programs();
        this.password = password;
        this.primary = primary;
        this.settings = List.of(settings);
        // In the server's own user's folder, which must be there first.
        this.folder = TemporaryFolder.create("postgresql", Account.of("postgres"));
        this.certificates = tls ? Certificates.in(folder, "tls") : null;
    }

    private static Path programs() {
        try (Stream<Path> versions = Files.exists(INSTALLED) ? Files.list(INSTALLED) : Stream.empty()) {
            Path[] newestFirst = versions.sorted(
                            Comparator.comparing(PostgresServer::version).reversed())
                    .map(version -> version.resolve("bin/postgres"))
                    .toArray(Path[]::new);
            return Requirement.file("postgresql", newestFirst).resolveSibling("");
        } catch (IOException e) {
            throw new IllegalStateException("could not look into " + INSTALLED, e);
        }
    }

    private static int version(Path folder) {
        String name = folder.getFileName().toString();
        return name.matches("[0-9]{1,4}") ? Integer.parseInt(name) : 0;
    }

    /**
     * Starts one that lets everybody in, and waits until it answers.
     *
     * @param settings as in its configuration, for instance {@code fsync=off}
     */
    public static PostgresServer start(String... settings) {
        return started(new PostgresServer(null, false, null, settings));
    }

    /** Starts one whose user has this password. */
    public static PostgresServer startWithPassword(String password, String... settings) {
        return started(new PostgresServer(password, false, null, settings));
    }

    /** Starts one that can only be reached by TLS: see {@link #certificates}. */
    public static PostgresServer startWithTls(String... settings) {
        return started(new PostgresServer(null, true, null, settings));
    }

    /** Starts a read-only replica of one without a password, which follows it. */
    public static PostgresServer startReplica(PostgresServer primary, String... settings) {
        return started(new PostgresServer(null, false, primary, settings));
    }

    private static PostgresServer started(PostgresServer server) {
        server.restart();
        return server;
    }

    /** The one that the test classes of a JVM share, without a password; ended with the JVM. Not to be stopped. */
    public static synchronized PostgresServer shared() {
        PostgresServer server = shared;
        if (server == null) {
            server = start("max_connections=300");
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

    /** Its address as that of a store; the password is in it, if there is one. */
    public String url() {
        return "postgresql://" + NAME + (password == null ? "" : ":" + password) + "@" + host() + ":" + port + "/"
                + NAME;
    }

    /** The authority that its certificate is of, where it was started with TLS. */
    public Certificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("the server was started without TLS");
        }
        return certificates;
    }

    /** Stops it if it runs, and starts it on the same port with the data it had. */
    @Override
    public void restart() {
        stop();
        boolean fresh = !Files.exists(folder.resolve("data"));
        if (fresh) {
            makeData();
        }
        runs(run());
        if (fresh && primary == null) {
            tool("createdb", "-h", host(), "-p", port, "-U", NAME, NAME);
        }
    }

    /** Waits for its children too: until they notice they serve their clients, and it cannot be started again. */
    @Override
    public void kill() {
        super.kill();
        Await.until("the children of the killed server are gone", CHILDREN_GO, this::isDeserted, () -> "");
    }

    private boolean isDeserted() throws IOException {
        Path processes = Path.of("/proc");
        Path data = folder.resolve("data").toRealPath();
        try (Stream<Path> all = Files.exists(processes) ? Files.list(processes) : Stream.empty()) {
            return all.noneMatch(process -> data.equals(workingFolder(process)));
        }
    }

    private static @Nullable Path workingFolder(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd"));
        } catch (IOException | UnsupportedOperationException e) {
            // It is gone, or nobody's business.
            return null;
        }
    }

    private ServerProcess run() {
        List<Object> command = new ArrayList<>(List.of(programs.resolve("postgres"), "-D", folder.resolve("data")));
        command.addAll(List.of("-p", port, "-c", "listen_addresses=" + host(), "-c", "unix_socket_directories="));
        command.addAll(List.of("-c", "shared_buffers=32MB"));
        if (certificates != null) {
            Certificates.Pair pair = certificates.server();
            command.addAll(List.of("-c", "ssl=on", "-c", "ssl_cert_file=" + pair.certificate()));
            command.addAll(List.of("-c", "ssl_key_file=" + pair.key()));
        }
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        return ServerProcess.command(command.toArray())
                .as(folder.account())
                .start(toString(), folder.resolve("log"))
                .awaitReady("it takes connections", this::answers);
    }

    private void makeData() {
        PostgresServer from = primary;
        if (from != null) {
            tool(
                    "pg_basebackup",
                    "-D",
                    folder.resolve("data"),
                    "-h",
                    from.host(),
                    "-p",
                    from.port(),
                    "-U",
                    NAME,
                    "-R",
                    "-c",
                    "fast");
            return;
        }
        List<Object> words = new ArrayList<>(List.of("-D", folder.resolve("data"), "-U", NAME, "-E", "UTF8"));
        words.addAll(List.of("--no-locale", "--no-sync"));
        if (password == null) {
            words.addAll(List.of("-A", "trust"));
        } else {
            words.addAll(List.of("-A", "scram-sha-256", "--pwfile", folder.write("password", password)));
        }
        tool("initdb", words.toArray());
        if (certificates != null) {
            folder.write("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n");
        }
    }

    private String tool(String name, Object... words) {
        ServerProcess.Command command = ServerProcess.command(programs.resolve(name))
                .add(words)
                .as(folder.account())
                .environment("HOME", folder.toString())
                .environment("PGSSLMODE", "prefer");
        if (password != null) {
            command.environment("PGPASSWORD", password);
        }
        return command.run(folder.path());
    }

    /** Makes a replica the primary of its own. */
    public void promote() {
        tool("pg_ctl", "promote", "-w", "-D", folder.resolve("data"));
    }

    /** Runs a statement as the user who may do everything, and answers what it printed. */
    public String sql(String statement) {
        return tool("psql", "-h", host(), "-p", port, "-U", NAME, "-X", "-A", "-t", "-c", statement, NAME)
                .strip();
    }

    private boolean answers() throws IOException {
        // It listens before it is ready, so the port alone says too little.
        new Socket(host(), port).close();
        try {
            tool("pg_isready", "-q", "-h", host(), "-p", port);
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "postgres on port " + port;
    }

    @Override
    TemporaryFolder folder() {
        return folder;
    }

    @Override
    void stop(ServerProcess current) {
        current.stop("INT");
    }

    /** Its children would go on for a moment if it were killed, and write. */
    @Override
    void end(ServerProcess current) {
        current.stop("QUIT");
    }
}
