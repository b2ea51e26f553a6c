package dev.muster.servers;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A member of etcd: alone, or of an {@link EtcdCluster}. What it acknowledged survives {@link #restart} and a kill. */
public final class EtcdServer extends SingleServer {

    private static final Pattern LEADER = Pattern.compile("\"leader\": *\"(\\d+)\"");
    private static final Pattern MEMBER = Pattern.compile("\"member_id\": *\"(\\d+)\"");
    private static final int ANSWER_MILLIS = 1_000;

    private static @Nullable EtcdServer shared;
    private static @Nullable EtcdServer sharedRecent;

    private final Path program;
    private final String name;
    private final int port = Ports.free();
    private final int peerPort = Ports.free();
    private final TemporaryFolder folder = TemporaryFolder.create("etcd", Account.of("etcd"));
    private final @Nullable Certificates certificates;
    private final List<String> arguments;
    private List<EtcdServer> members = List.of(this);

    EtcdServer(EtcdRelease release, String name, boolean tls, String... arguments) {
        this.program = release.program();
        this.name = name;
        this.certificates = tls ? Certificates.in(folder, "tls") : null;
        this.arguments = List.of(arguments);
    }

    /**
     * Starts one that is a cluster by itself, and waits until it answers.
     *
     * @param arguments of its command line besides those that every one gets
     */
    public static EtcdServer start(EtcdRelease release, String... arguments) {
        EtcdServer server = new EtcdServer(release, "single", false, arguments);
        server.restart();
        return server;
    }

    /** Starts one that speaks TLS alone, and wants a certificate of each client. */
    public static EtcdServer startWithTls(EtcdRelease release, String... arguments) {
        EtcdServer server = new EtcdServer(release, "single", true, arguments);
        server.restart();
        return server;
    }

    /** The one that the test classes of a JVM share; ended with the JVM. Not to be stopped. */
    public static synchronized EtcdServer shared(EtcdRelease release) {
        EtcdServer server = release == EtcdRelease.RECENT ? sharedRecent : shared;
        if (server == null) {
            server = start(release);
            if (release == EtcdRelease.RECENT) {
                sharedRecent = server;
            } else {
                shared = server;
            }
        }
        return server;
    }

    public String host() {
        return Ports.HOST;
    }

    public int port() {
        return port;
    }

    /** Its address as that of a store. With TLS, options for the certificates are still to be added. */
    public String url() {
        return "etcd://" + host() + ":" + port;
    }

    /** The authority of a server with TLS. */
    public Certificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("the server has no TLS");
        }
        return certificates;
    }

    /** Stops it if it runs, and starts it on the same ports with the data it had. Waits until it answers. */
    @Override
    public void restart() {
        stop();
        launch();
        awaitReady();
    }

    void joins(List<EtcdServer> all) {
        members = List.copyOf(all);
    }

    void launch() {
        String scheme = certificates == null ? "http://" : "https://";
        String client = scheme + host() + ":" + port;
        List<Object> command = new ArrayList<>(List.of(program, "--name", name, "--data-dir", folder.folder("data")));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", peer(), "--initial-advertise-peer-urls", peer()));
        command.addAll(List.of("--initial-cluster-state", "new", "--initial-cluster"));
        command.add(String.join(
                ",", members.stream().map(one -> one.name + "=" + one.peer()).toList()));
        command.addAll(List.of("--heartbeat-interval", "100", "--election-timeout", "1000"));
        if (certificates != null) {
            Certificates.Pair pair = certificates.server();
            command.addAll(List.of("--cert-file", pair.certificate(), "--key-file", pair.key()));
            command.addAll(List.of("--trusted-ca-file", certificates.certificate(), "--client-cert-auth"));
        }
        command.addAll(arguments);
        runs(ServerProcess.command(command.toArray()).as(folder.account()).start(toString(), folder.resolve("log")));
    }

    void awaitReady() {
        process().awaitReady("it answers", this::answers);
    }

    private String peer() {
        return "http://" + host() + ":" + peerPort;
    }

    private boolean answers() throws IOException {
        if (certificates != null) {
            // Asking without a certificate would fill its log with refusals.
            return process().hasLogged("ready to serve");
        }
        return ask("/health", null).contains("true");
    }

    /** Whether it says that it leads its cluster; false too where it does not answer. */
    public boolean isLeader() {
        try {
            String status = ask("/v3/maintenance/status", "{}");
            Matcher leader = LEADER.matcher(status);
            Matcher member = MEMBER.matcher(status);
            return leader.find() && member.find() && leader.group(1).equals(member.group(1));
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks its page; with a body, posts that. Without TLS only. */
    public String ask(String path, @Nullable String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + host() + ":" + port + path).toURL().openConnection();
        connection.setConnectTimeout(ANSWER_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        connection.setRequestProperty("Connection", "close");
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "etcd " + name + " on port " + port;
    }

    @Override
    TemporaryFolder folder() {
        return folder;
    }
}
