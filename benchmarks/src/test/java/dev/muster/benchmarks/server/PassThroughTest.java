package dev.muster.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PassThroughTest {

    private final InetAddress host = InetAddress.getLoopbackAddress();
    private ServerSocket server;
    private PassThrough counting;

    /** A server that answers each two bytes with one. */
    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, host);
        counting = PassThrough.to(host.getHostAddress(), server.getLocalPort());
        Thread thread = new Thread(this::answer);
        thread.setDaemon(true);
        thread.start();
    }

    private void answer() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                while (in.readNBytes(2).length == 2) {
                    socket.getOutputStream().write('.');
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        counting.close();
        server.close();
    }

    @Test
    void countsBytesBothWaysAndEachTurnOfTheClient() throws IOException {
        try (Socket client = new Socket(host, counting.port())) {
            for (int i = 0; i < 10; i++) {
                client.getOutputStream().write(new byte[2]);
                assertThat(client.getInputStream().read()).isEqualTo('.');
            }
            assertThat(counting.count()).isEqualTo(new PassThrough.Count(30, 10));
        }
    }

    @Test
    void countsARequestInTwoPartsOnce() throws IOException {
        try (Socket client = new Socket(host, counting.port())) {
            client.getOutputStream().write(new byte[1]);
            client.getOutputStream().flush();
            client.getOutputStream().write(new byte[1]);
            assertThat(client.getInputStream().read()).isEqualTo('.');
            assertThat(counting.count()).isEqualTo(new PassThrough.Count(3, 1));
        }
    }

    @Test
    void endsTheClientsConnectionWithTheServers() throws IOException {
        try (Socket client = new Socket(host, counting.port())) {
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
