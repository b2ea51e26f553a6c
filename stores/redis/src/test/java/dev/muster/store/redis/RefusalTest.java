package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.RedisServer;
import dev.muster.servers.RedisTlsServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** What a server cannot do is told when the store is opened, clearly, soon, and without secrets. */
class RefusalTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static MusterException refusal(String url) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> Store.open(url).close());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(failure).isInstanceOf(MusterException.class);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain("tr0ub4dor");
        }
        return (MusterException) failure;
    }

    private static void command(RedisServer server, String... words) {
        try (Jedis jedis = new Jedis(URI.create(server.url()))) {
            jedis.sendCommand(
                    () -> words[0].getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(words, 1, words.length));
        }
    }

    @Test
    void noServerThere() {
        assertThat(refusal("redis://127.0.0.1:1"))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("127.0.0.1:1");
        assertThat(refusal("redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster"))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("sentinel");
    }

    @Test
    void aWrongOrMissingPassword() {
        try (RedisServer server = RedisServer.startWithPassword("right")) {
            String place = server.host() + ":" + server.port();
            assertThat(refusal("redis://:tr0ub4dor@" + place))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("password");
            assertThat(refusal("redis://somebody:tr0ub4dor@" + place))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("somebody");
            assertThat(refusal("redis://" + place))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("wants a password");
            Store.open("redis://default:right@" + place).close();
        }
    }

    @Test
    void aUserWithoutTheRightsThatTheStoreNeeds() {
        try (RedisServer server = RedisServer.start()) {
            String url = "redis://app:tr0ub4dor@" + server.host() + ":" + server.port();
            command(
                    server,
                    "ACL",
                    "SETUSER",
                    "app",
                    "on",
                    ">tr0ub4dor",
                    "~{muster}:*",
                    "&{muster}:*",
                    "+@all",
                    "-zadd");
            assertThat(refusal(url))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("ZADD")
                    .hasMessageContaining("app");
            command(server, "ACL", "SETUSER", "app", "+@all", "resetkeys", "~other:*");
            assertThat(refusal(url)).isInstanceOf(StorageException.class).hasMessageContaining("{muster}:*");
            command(server, "ACL", "SETUSER", "app", "+@all", "resetkeys", "~{muster}:*", "resetchannels");
            assertThat(refusal(url)).isInstanceOf(StorageException.class).hasMessageContaining("PUBLISH");
            command(server, "ACL", "SETUSER", "app", "nocommands", "+info", "+config|get");
            assertThat(refusal(url)).isInstanceOf(StorageException.class).hasMessageContaining("app");
        }
    }

    /** The list is that of the engine's page. */
    @Test
    void theRightsOfThePageAreEnough() {
        try (RedisServer server = RedisServer.start()) {
            String rights = "on >tr0ub4dor ~{muster}:* &{muster}:* +@connection +info +config|get +script|load +evalsha"
                    + " +wait +scan +hget +hmget +hgetall +hset +hdel +del +zadd +zscore +zrange +zrangebyscore"
                    + " +zrangebylex +zrem +time +publish +subscribe +unsubscribe +ping";
            command(server, ("ACL SETUSER app " + rights).split(" ", -1));
            try (Store store = Store.open("redis://app:tr0ub4dor@" + server.host() + ":" + server.port())) {
                store.watch("d", WatchOptions.ALL, event -> {});
                store.commit(Commit.in("d").put("a", Bytes.utf8("1")).build(), DEADLINE);
                assertThat(store.list("d", DEADLINE).names()).containsExactly("a");
                assertThat(store.directories("").join()).containsExactly("d");
            }
        }
    }

    @Test
    void aReplica() {
        RedisServer primary = RedisServer.shared();
        try (RedisServer replica = RedisServer.start("--replicaof", primary.host(), String.valueOf(primary.port()))) {
            assertThat(refusal(replica.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("replica");
        }
    }

    @Test
    void oneThatEvictsKeys() {
        try (RedisServer server = RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")) {
            assertThat(refusal(server.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("allkeys-lru");
        }
    }

    @Test
    void aFullOneTakesWhatOnlyDeletesAndRefusesTheRest() {
        try (RedisServer server = RedisServer.start();
                Store store = Store.open(server.url())) {
            store.commit(Commit.in("d").put("a", Bytes.utf8("1")).build(), DEADLINE);
            command(server, "CONFIG", "SET", "maxmemory", "1");
            assertThatThrownBy(() -> store.commit(
                            Commit.in("d").put("b", Bytes.utf8("1")).build(), DEADLINE))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("full");
            store.commit(Commit.in("d").delete("a").build(), DEADLINE);
            command(server, "CONFIG", "SET", "maxmemory", "0");
            assertThat(store.list("d", DEADLINE).entries()).isEmpty();
            store.commit(Commit.in("d").put("b", Bytes.utf8("1")).build(), DEADLINE);
        }
    }

    @Test
    void aDatabaseThatItDoesNotHave() {
        assertThat(refusal(RedisServer.shared().url() + "/9999"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("9999");
    }

    @Test
    void aVersionThatIsTooOld() {
        try (FakeServer server = new FakeServer()) {
            assertThat(refusal("redis://127.0.0.1:" + server.port()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("4.0.14");
        }
    }

    @Test
    void foreignKeysUnderThePrefix() {
        try (RedisServer server = RedisServer.start()) {
            command(server, "SET", "{muster}:g", "somebody else's");
            assertThat(refusal(server.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("prefix");
            Store.open(server.url() + "?prefix=other").close();
        }
    }

    @Test
    void aStoreOfAnotherFormat() {
        try (RedisServer server = RedisServer.start()) {
            Store.open(server.url()).close();
            command(server, "HSET", "{muster}:g", "f", "7");
            assertThat(refusal(server.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("format 7")
                    .hasMessageContaining("format " + Handshake.FORMAT);
            command(server, "HDEL", "{muster}:g", "f");
            assertThat(refusal(server.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("format 1");
        }
    }

    @Test
    void tlsThatDoesNotFit() {
        try (RedisTlsServer server = RedisTlsServer.start()) {
            String place = server.plain().host() + ":" + server.port();
            assertThat(refusal("rediss://" + place))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("TLS");
            assertThat(refusal("redis://" + place)).isInstanceOf(ConnectionException.class);
            assertThat(refusal(server.plain().url() + "?tls")).isInstanceOf(ConnectionException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://tr0ub4dor@localhost",
                "redis://localhost:x",
                "redis://a,b",
                "redis://localhost/0/1",
                "redis://localhost/x",
                "redis://localhost?prefix={x}",
                "redis://localhost?tls=maybe",
                "redis://localhost?tls&cert=/nowhere",
                "redis://localhost?tls&ca=/nowhere",
                "redis+sentinel://localhost"
            })
    void aFaultyUri(String url) {
        assertThat(refusal(url)).isInstanceOf(InvalidArgument.class);
    }

    /** Says that it is a Redis of long ago. */
    private static final class FakeServer implements AutoCloseable {

        private final ServerSocket socket;

        FakeServer() {
            try {
                socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread thread = new Thread(this::serve, "fake redis");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            try (Socket client = socket.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                String info = "redis_version:4.0.14\r\nrole:master\r\n";
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String answer = line.equals("INFO")
                            ? "$" + info.length() + "\r\n" + info + "\r\n"
                            : line.equals("CONFIG") ? "*0\r\n" : "";
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // The client hung up, as it should.
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
