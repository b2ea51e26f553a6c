package dev.muster.servers;

import java.util.ArrayList;
import java.util.List;

/** A single Redis that speaks TLS, with a certificate for 127.0.0.1; it asks clients for theirs and takes none too. */
public final class RedisTlsServer implements AutoCloseable {

    private final TemporaryFolder folder = TemporaryFolder.create("redis-tls", Account.of("redis"));
    private final Certificates certificates = Certificates.in(folder, "tls");
    private final int port = Ports.free();
    private final RedisServer server;

    private RedisTlsServer(String... arguments) {
        Certificates.Pair own = certificates.server();
        List<String> all = new ArrayList<>(List.of("--tls-port", String.valueOf(port)));
        all.addAll(List.of("--tls-cert-file", own.certificate().toString()));
        all.addAll(List.of("--tls-key-file", own.key().toString()));
        all.addAll(List.of("--tls-ca-cert-file", certificates.certificate().toString()));
        all.addAll(List.of("--tls-auth-clients", "optional"));
        all.addAll(List.of(arguments));
        server = RedisServer.start(all.toArray(new String[0]));
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param arguments of its command line besides those that every one gets; later ones win
     */
    public static RedisTlsServer start(String... arguments) {
        return new RedisTlsServer(arguments);
    }

    /** The port that speaks TLS. */
    public int port() {
        return port;
    }

    /** The same server, by the port that does not. */
    public RedisServer plain() {
        return server;
    }

    public Certificates certificates() {
        return certificates;
    }

    /** Its address as that of a store that trusts its certificate. */
    public String url() {
        return "rediss://" + server.host() + ":" + port + "?ca=" + certificates.certificate();
    }

    @Override
    public void close() {
        server.close();
        folder.close();
    }

    @Override
    public String toString() {
        return "redis-server with TLS on port " + port;
    }
}
