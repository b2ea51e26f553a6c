package dev.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RedisServerTest {

    @Test
    void keepsItsDataOverARestartAndAKillAndLosesItWhenAsked() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            assertThat(ask(server, "SET a b")).isEqualTo("+OK");
            server.restart();
            assertThat(ask(server, "GET a")).isEqualTo("$1");
            server.kill();
            assertThatThrownBy(() -> ask(server, "PING")).isInstanceOf(IOException.class);
            server.restart();
            assertThat(ask(server, "GET a")).isEqualTo("$1");
            server.restartEmpty();
            assertThat(ask(server, "GET a")).isEqualTo("$-1");
        }
    }

    @Test
    void wantsThePasswordItWasGiven() throws IOException {
        try (RedisServer server = RedisServer.startWithPassword("secret")) {
            assertThat(ask(server, "GET a")).startsWith("-NOAUTH");
            assertThat(ask(server, "AUTH secret")).isEqualTo("+OK");
            assertThat(server.url()).isEqualTo("redis://:secret@127.0.0.1:" + server.port());
            assertThat(server.toString()).doesNotContain("secret");
        }
    }

    @Test
    void isGoneWithItsDataWhenClosed() {
        RedisServer server = RedisServer.start();
        ServerProcess process = server.process();
        server.close();
        assertThat(process.isAlive()).isFalse();
        assertThat(process.log()).doesNotExist();
    }

    private static String ask(RedisServer server, String command) throws IOException {
        try (Socket socket = new Socket(server.host(), server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }
}
