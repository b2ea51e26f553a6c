package dev.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A single Redis. What it has acknowledged survives {@link #restart} and {@link #kill} (its append-only file is written
 * before it answers, though not forced to the disk), and not {@link #restartEmpty}.
 */
public final class RedisServer extends SingleServer {

    private static @Nullable RedisServer shared;

    private final Path program = Requirement.program("redis-server", "redis-server");
    private final int port = Ports.free();
    private final List<String> arguments;
    private final @Nullable String password;
    private final TemporaryFolder folder = TemporaryFolder.create("redis", Account.of("redis"));

    private RedisServer(@Nullable String password, List<String> arguments) {
        this.password = password;
        this.arguments = arguments;
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param arguments of its command line besides those that every one gets; later ones win
     */
    public static RedisServer start(String... arguments) {
        return started(new RedisServer(null, List.of(arguments)));
    }

    /** Starts one whose default user has this password. */
    public static RedisServer startWithPassword(String password, String... arguments) {
        return started(new RedisServer(password, List.of(arguments)));
    }

    private static RedisServer started(RedisServer server) {
        server.restart();
        return server;
    }

    /** The one that the test classes of a JVM share, without a password; ended with the JVM. Not to be stopped. */
    public static synchronized RedisServer shared() {
        RedisServer server = shared;
        if (server == null) {
            server = start();
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
        return "redis://" + (password == null ? "" : ":" + password + "@") + host() + ":" + port;
    }

    /** Stops it if it runs, and starts it on the same port with the data it had. */
    @Override
    public void restart() {
        stop();
        List<Object> command = new ArrayList<>(List.of(program, "--port", port, "--bind", host()));
        command.addAll(List.of("--dir", folder.folder("data"), "--save", "", "--appendonly", "yes"));
        command.addAll(List.of("--appendfsync", "everysec"));
        if (password != null) {
            command.addAll(List.of("--requirepass", password));
        }
        command.addAll(arguments);
        runs(ServerProcess.command(command.toArray())
                .as(folder.account())
                .start("redis-server on port " + port, folder.resolve("log"))
                .awaitReady("it answers PING", this::answers));
    }

    /** A server that wants a password answers too; one that still loads its data does not count. */
    private boolean answers() throws IOException {
        try (Socket socket = new Socket(host(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            return answer.equals("+PONG") || answer.equals("-NOAU");
        }
    }

    /**
     * Has it carry out commands that need no quoting, as its default user.
     *
     * @return all it answered, in the words of its protocol
     * @throws AssertionError where it refuses one
     */
    String command(String... lines) {
        String login = password == null ? "" : "AUTH " + password + "\r\n";
        try (Socket socket = new Socket(host(), port)) {
            socket.setSoTimeout(5_000);
            String all = login + String.join("\r\n", lines) + "\r\nQUIT\r\n";
            socket.getOutputStream().write(all.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (answer.startsWith("-") || answer.contains("\r\n-")) {
                throw new AssertionError(this + " refused " + List.of(lines) + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(this + " did not carry out " + List.of(lines), e);
        }
    }

    /** Whether a replica of it is connected and up to date. */
    boolean isFollowed() {
        String answer = command("INFO replication");
        return answer.contains("role:master") && answer.contains("state=online");
    }

    @Override
    public String toString() {
        return "redis-server on port " + port;
    }

    @Override
    TemporaryFolder folder() {
        return folder;
    }
}
