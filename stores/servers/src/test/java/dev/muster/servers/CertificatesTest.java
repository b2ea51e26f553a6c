package dev.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Against a Redis that takes only clients with a certificate. */
class CertificatesTest {

    private static final String PASSWORD = "changeit";

    @Test
    void aServerAndItsClientKnowEachOtherByThemAndNoOneElseIsLetIn() throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.create("pki", Account.of("redis"))) {
            Certificates trusted = Certificates.in(folder, "trusted");
            Certificates other = Certificates.in(folder, "other");
            Certificates.Pair server = trusted.server();
            int port = Ports.free();
            try (RedisServer redis = RedisServer.start(
                    "--tls-port", "" + port,
                    "--tls-cert-file", server.certificate().toString(),
                    "--tls-key-file", server.key().toString(),
                    "--tls-ca-cert-file", trusted.certificate().toString())) {
                assertThat(redis.process().isAlive()).isTrue();
                assertThat(ping(port, trusted, trusted)).isEqualTo("+PONG");
                assertThatThrownBy(() -> ping(port, trusted, other)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> ping(port, other, trusted)).isInstanceOf(IOException.class);
            }
        }
    }

    private static String ping(int port, Certificates trusts, Certificates shows) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(shows.keyStore(shows.client("worker"), PASSWORD)), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(trusts.trustStore(PASSWORD)));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(Ports.HOST, port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            if (answer.length == 0) {
                throw new IOException("closed");
            }
            return new String(answer, StandardCharsets.US_ASCII);
        }
    }

    private static KeyStore load(Path file) throws Exception {
        assertThat(Files.size(file)).isPositive();
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }
}
