package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {

    /** Answers each line with the same line, and keeps what it got. */
    private static final class Echo implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> got = new CopyOnWriteArrayList<>();
        private final List<String> ended = new CopyOnWriteArrayList<>();

        Echo() throws IOException {
            FaultProxy.start(this::accept, "echo");
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = listener.accept();
                    FaultProxy.start(() -> answer(client), "echo");
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private void answer(Socket client) {
            try (client) {
                Line line = new Line(client);
                String said = line.hear();
                while (said != null) {
                    got.add(said);
                    line.say(said);
                    said = line.hear();
                }
                ended.add("orderly");
            } catch (IOException e) {
                ended.add("reset");
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static final class Line implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;
        private final OutputStream out;

        Line(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            this.out = socket.getOutputStream();
        }

        void say(String text) throws IOException {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        }

        String hear() throws IOException {
            return in.readLine();
        }

        String ask(String text) throws IOException {
            say(text);
            return hear();
        }

        /** Nothing comes, for so long as tells. */
        void hearsNothing() throws IOException {
            socket.setSoTimeout(200);
            assertThatThrownBy(this::hear).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(10_000);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Echo echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new Echo();
        proxy = FaultProxy.to("127.0.0.1", echo.listener.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Line connect() throws IOException {
        return connect(proxy);
    }

    private static Line connect(FaultProxy proxy) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return new Line(socket);
    }

    @Test
    void standsBeforeEachServerOfAClusterAndTreatsThemAlike() throws IOException {
        try (Echo other = new Echo();
                FaultProxy both = FaultProxy.to(List.of(
                        "127.0.0.1:" + echo.listener.getLocalPort(), "127.0.0.1:" + other.listener.getLocalPort()))) {
            List<Line> lines = new ArrayList<>();
            for (String address : both.address().split(",", -1)) {
                int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
                Line line = new Line(new Socket(InetAddress.getLoopbackAddress(), port));
                lines.add(line);
                assertThat(line.ask("to " + lines.size())).isEqualTo("to " + lines.size());
            }
            assertThat(echo.got).containsExactly("to 1");
            assertThat(other.got).containsExactly("to 2");
            both.silence();
            for (Line line : lines) {
                line.say("later");
                line.hearsNothing();
            }
            both.pass();
            for (Line line : lines) {
                assertThat(line.hear()).isEqualTo("later");
                line.close();
            }
        }
    }

    @Test
    void passesWhatIsSaidAndTheEndOfIt() throws IOException {
        try (Line line = connect()) {
            assertThat(line.ask("a")).isEqualTo("a");
            String large = "x".repeat(1 << 20);
            assertThat(line.ask(large)).isEqualTo(large);
            line.say("last");
            line.socket.shutdownOutput();
            assertThat(line.hear()).isEqualTo("last");
            assertThat(line.hear()).isNull();
        }
        Patience.await("the end at the server")
                .untilAsserted(() -> assertThat(echo.ended).containsExactly("orderly"));
        Patience.await("the end in the proxy").until(() -> proxy.connections() == 0);
    }

    @Test
    void aRoundTripTakesTheDelayTwice() throws IOException {
        try (Line line = connect()) {
            line.ask("warm");
            proxy.delay(Duration.ofMillis(100), Duration.ofMillis(20));
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertThat(line.ask("" + i)).isEqualTo("" + i);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(800), Patience.deadline());
            for (int i = 0; i < 20; i++) {
                line.say("" + i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(line.hear()).isEqualTo("" + i);
            }
        }
    }

    @Test
    void heldRequestsArriveInOrderOnceReleased() throws IOException {
        try (Line line = connect()) {
            line.ask("a");
            proxy.holdRequests();
            line.say("b");
            line.say("c");
            Patience.await("held bytes").until(() -> proxy.heldRequests() == 4);
            line.hearsNothing();
            assertThat(echo.got).containsExactly("a");
            proxy.pass();
            assertThat(line.hear()).isEqualTo("b");
            assertThat(line.hear()).isEqualTo("c");
        }
    }

    @Test
    void aRequestOfAClientThatGaveUpArrivesLateThoughOthersPass() throws IOException {
        try (Line line = connect()) {
            line.ask("a");
            proxy.holdRequests();
            line.say("late");
            Patience.await("held bytes").until(() -> proxy.heldRequests() == 5);
            FaultProxy.Stranded stranded = proxy.strand();
            assertThatThrownBy(line::hear).isInstanceOf(IOException.class);
            try (Line other = connect()) {
                assertThat(other.ask("b")).isEqualTo("b");
            }
            assertThat(stranded.held()).isEqualTo(5);
            stranded.deliver();
            assertThat(echo.got).containsExactly("a", "b", "late");
        }
    }

    @Test
    void swallowedRepliesAreLostThoughTheRequestArrived() throws IOException {
        try (Line line = connect()) {
            line.ask("a");
            proxy.swallowReplies();
            line.say("b");
            Patience.await("a swallowed reply").until(() -> proxy.swallowed() == 2);
            assertThat(echo.got).containsExactly("a", "b");
            proxy.pass();
            assertThat(line.ask("c")).isEqualTo("c");
            proxy.swallowReplies(chunk -> chunk[0] == 'x');
            assertThat(line.ask("d")).isEqualTo("d");
            line.say("x");
            Patience.await("a swallowed reply").until(() -> proxy.swallowed() == 4);
            assertThat(line.ask("e")).isEqualTo("e");
        }
    }

    @Test
    void aSilentConnectionStaysOpenAndCatchesUpWhenHealed() throws IOException {
        try (Line line = connect()) {
            line.ask("a");
            proxy.silence();
            line.say("b");
            line.hearsNothing();
            try (Line other = connect()) {
                other.say("c");
                other.hearsNothing();
                assertThat(echo.got).containsExactly("a");
                proxy.pass();
                assertThat(line.hear()).isEqualTo("b");
                assertThat(other.hear()).isEqualTo("c");
            }
        }
    }

    @Test
    void aDeafConnectionHearsNoMoreThoughNewOnesDo() throws IOException {
        try (Line line = connect()) {
            line.ask("a");
            proxy.deafen();
            line.say("b");
            line.hearsNothing();
            proxy.pass();
            line.say("c");
            line.hearsNothing();
            Patience.await("what was said to arrive")
                    .untilAsserted(() -> assertThat(echo.got).containsExactly("a", "b", "c"));
            try (Line other = connect()) {
                assertThat(other.ask("d")).isEqualTo("d");
            }
        }
    }

    @Test
    void aCutResetsBothEndsAndWhoIsRefusedIsResetToo() throws IOException {
        try (Line line = connect();
                Line second = connect()) {
            line.ask("a");
            second.ask("b");
            proxy.partition();
            assertThatThrownBy(() -> line.ask("c")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> second.ask("c")).isInstanceOf(IOException.class);
            Patience.await("the ends at the server")
                    .untilAsserted(() -> assertThat(echo.ended).hasSize(2));
            try (Line refused = connect()) {
                assertThatThrownBy(() -> {
                            if (refused.ask("d") == null) {
                                throw new IOException("ended");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            proxy.pass();
            try (Line healed = connect()) {
                assertThat(healed.ask("e")).isEqualTo("e");
            }
        }
        assertThat(echo.got).containsExactly("a", "b", "e");
    }

    @Test
    void aServerThatIsNotThereIsAConnectionThatEnds() throws IOException {
        // Bound and not listening: nobody answers at this port, and nobody else can come to.
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (FaultProxy toNobody = FaultProxy.to("127.0.0.1", nobody.getLocalPort());
                    Line line = connect(toNobody)) {
                assertThatThrownBy(() -> {
                            if (line.ask("a") == null) {
                                throw new IOException("ended");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }
}
