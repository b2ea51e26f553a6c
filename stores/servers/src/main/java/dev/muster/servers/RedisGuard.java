package dev.muster.servers;

import java.util.ArrayList;
import java.util.List;

/** What keeps strangers out of a Redis and its sentinels: a password each, a user for clients, and TLS at the sentinels. */
public final class RedisGuard implements AutoCloseable {

    /** The password of the servers. */
    public static final String SERVERS = "serv3rs";

    /** The password of the sentinels' default user, which they use among themselves. */
    public static final String SENTINELS = "sent1nels";

    /** A user of the sentinels who may ask where the primary is. */
    public static final String CLIENT = "asker";

    public static final String CLIENT_PASSWORD = "wh3re";

    private static final String AT_SERVERS = "sentinel";

    private final TemporaryFolder folder = TemporaryFolder.create("redis-guard", Account.of("redis"));
    private final Certificates certificates = Certificates.in(folder, "tls");
    private final Certificates.Pair own = certificates.server();
    private final List<Integer> ports = new ArrayList<>();

    RedisGuard() {}

    public Certificates certificates() {
        return certificates;
    }

    List<Integer> ports() {
        return ports;
    }

    /** The options of a store's URI that get past the sentinels. */
    public String options() {
        return "sentinel-tls&ca=" + certificates.certificate() + "&sentinel-user=" + CLIENT + "&sentinel-password="
                + CLIENT_PASSWORD;
    }

    /** The lines of a sentinel's configuration, with a port for TLS. */
    String sentinel(String master, TemporaryFolder of) {
        int port = Ports.free();
        ports.add(port);
        return String.join(
                "\n",
                "requirepass " + SENTINELS,
                "sentinel sentinel-pass " + SENTINELS,
                "user " + CLIENT + " on >" + CLIENT_PASSWORD + " +@connection +sentinel|get-master-addr-by-name",
                "sentinel auth-user " + master + " " + AT_SERVERS,
                "sentinel auth-pass " + master + " " + SERVERS,
                "tls-port " + port,
                "tls-cert-file " + own.certificate(),
                "tls-key-file " + own.key(),
                "tls-ca-cert-file " + certificates.certificate(),
                "tls-auth-clients no");
    }

    /** Sentinels are users of their own there, so that they can be kept out alone. */
    void letSentinelsIn(RedisServer server) {
        server.command("ACL SETUSER " + AT_SERVERS + " on >" + SERVERS + " ~* &* +@all");
    }

    void keepSentinelsOut(RedisServer server) {
        server.command("ACL SETUSER " + AT_SERVERS + " off", "CLIENT KILL USER " + AT_SERVERS);
    }

    @Override
    public void close() {
        folder.close();
    }
}
