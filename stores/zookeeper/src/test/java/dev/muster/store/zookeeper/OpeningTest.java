package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.Certificates;
import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Opening a store that is there, and what is said of one that is not to be had: soon, by name, and without secrets. */
class OpeningTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static Throwable failure(String url) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> Store.open(url).close());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(6_500));
        return failure;
    }

    private static void use(String url) {
        try (Store store = Store.open(url)) {
            assertThat(store.commit(
                                    Commit.in("opening")
                                            .put("a", Bytes.utf8("1"))
                                            .build(),
                                    DEADLINE)
                            .isApplied())
                    .isTrue();
            assertThat(store.list("opening", DEADLINE).names()).contains("a");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThat(failure("zookeeper://127.0.0.1:" + port))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }

    @Test
    void aWrongPasswordIsRefusedAndNotShown() {
        try (ZooKeeperServer server = ZooKeeperServer.start(ZooKeeperServer.Release.CLASS_PATH)) {
            use(server.url() + "?digest=alice:secret");
            assertThat(failure(server.url() + "?digest=alice:wr0ng"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("digest")
                    .hasMessageNotContaining("wr0ng");
            assertThat(failure(server.url())).isInstanceOf(StorageException.class);
            use(server.url() + "?digest=alice:secret");
        }
    }

    @Test
    void aPathThatDoesNotExistIsNamed() {
        assertThat(failure(ZooKeeperServer.shared().url() + "/nowhere"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("/nowhere");
    }

    @Test
    void whatIsMisspeltInTheUriIsSaid() {
        assertThat(failure("zookeeper://alice:s3cret@127.0.0.1"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("digest")
                .hasMessageNotContaining("s3cret");
        assertThat(failure("zookeeper://127.0.0.1?digest=s3cret"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageNotContaining("s3cret");
        assertThat(failure("zookeeper://")).isInstanceOf(InvalidArgument.class);
        assertThat(failure("zookeeper://127.0.0.1?truststore=/x")).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void tlsIsSpokenWithWhoIsTrustedAlone() {
        ZooKeeperServer probe = ZooKeeperServer.shared();
        Certificates right = Certificates.in(probe.folder(), "opening-right");
        Certificates wrong = Certificates.in(probe.folder(), "opening-wrong");
        int port = dev.muster.servers.Ports.free();
        try (ZooKeeperServer server = ZooKeeperServer.start(
                ZooKeeperServer.Release.CLASS_PATH,
                "secureClientPort=" + port,
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "ssl.keyStore.location=" + right.keyStore(right.server(), "changeit"),
                "ssl.keyStore.password=changeit",
                "ssl.trustStore.location=" + right.trustStore("changeit"),
                "ssl.trustStore.password=changeit",
                "ssl.clientAuth=none")) {
            String url = "zookeeper://127.0.0.1:" + port + "?tls=true&truststore-password=changeit&truststore=";
            use(url + right.trustStore("changeit"));
            assertThat(failure(url + wrong.trustStore("changeit")))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("TLS")
                    .hasMessageNotContaining("changeit");
            assertThat(server.isRunning()).isTrue();
        }
    }
}
