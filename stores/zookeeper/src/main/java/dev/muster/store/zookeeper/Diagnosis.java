package dev.muster.store.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.client.ConnectStringParser;

/** Finds out, for the message of an error, why no session could be had. */
final class Diagnosis {

    private static final int TIMEOUT_MILLIS = 400;

    private Diagnosis() {}

    static String of(Settings settings) {
        List<String> found = new ArrayList<>();
        for (InetSocketAddress server : new ConnectStringParser(settings.hosts()).getServerAddresses()) {
            found.add(server.getHostString() + ":" + server.getPort() + " " + ask(server, settings.isSecure()));
        }
        return String.join("; ", found);
    }

    private static String ask(InetSocketAddress server, boolean secure) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), TIMEOUT_MILLIS);
            if (secure) {
                return "takes connections, but the TLS handshake failed or it is no port for TLS: check the port,"
                        + " 'truststore', 'keystore' and the host names in its certificate";
            }
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(4_096), StandardCharsets.US_ASCII);
            if (answer.contains("not currently serving")) {
                return "has no quorum: start the other servers of the ensemble";
            }
            if (answer.contains("read-only")) {
                return "is cut off from the quorum and serves reads only: start the other servers of the ensemble";
            }
            if (answer.isEmpty()) {
                return "takes connections, but answers nothing: is it ZooKeeper, or does it want tls=true?";
            }
            return "runs, but gave no session in time: it may be overloaded, or allow fewer connections"
                    + " (maxClientCnxns)";
        } catch (IOException e) {
            return "does not answer (" + e.getMessage() + "): check host, port and firewall";
        }
    }
}
