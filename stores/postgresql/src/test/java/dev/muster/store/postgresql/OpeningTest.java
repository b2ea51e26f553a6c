package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.servers.Certificates;
import dev.muster.servers.Ports;
import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is wrong with a server or the way to it is told at once, by name, without secrets. */
class OpeningTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final PostgresServer server = PostgresServer.shared();

    /** How opening fails: within 5 s, and without the password. */
    private static Throwable failure(String url) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> Store.open(url).close());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain("secret");
        }
        return failure;
    }

    private static void use(String url) {
        try (Store store = Store.open(url)) {
            Commit commit = Commit.in("d").put("a", Bytes.utf8("1")).build();
            assertThat(store.commit(commit, SOON).isApplied()).isTrue();
            assertThat(store.list("d", SOON).names()).containsExactly("a");
        }
    }

    @Test
    void aWrongPasswordIsToldAndTheRightOneLetsIn() {
        try (PostgresServer guarded = PostgresServer.startWithPassword("secret/1")) {
            String at = "@127.0.0.1:" + guarded.port() + "/muster";
            assertThat(failure("postgresql://muster:wrong-secret" + at))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("password");
            use("postgresql://muster:secret%2F1" + at);
        }
    }

    @Test
    void tlsIsSpokenWithACertificateThatIsTrustedAndWithNoOther() {
        try (PostgresServer server = PostgresServer.startWithTls()) {
            String url = server.url() + "?sslmode=verify-full&sslrootcert=";
            use(url + server.certificates().certificate());
            use(server.url() + "?sslmode=require");
            assertThat(failure(server.url() + "?sslmode=disable")).isInstanceOf(StorageException.class);
            try (PostgresServer other = PostgresServer.startWithTls()) {
                Certificates foreign = other.certificates();
                assertThat(failure(url + foreign.certificate()))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("TLS");
            }
        }
    }

    @Test
    void anAuthorityThatIsNamedIsAskedWhereNoModeIs() {
        try (PostgresServer encrypted = PostgresServer.startWithTls();
                PostgresServer other = PostgresServer.startWithTls()) {
            use(encrypted.url() + "?sslrootcert=" + encrypted.certificates().certificate());
            assertThat(failure(encrypted.url() + "?sslrootcert="
                            + other.certificates().certificate()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("TLS");
            assertThat(failure(server.url() + "?sslrootcert="
                            + encrypted.certificates().certificate()))
                    .as("of a server without TLS")
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void aReplicaIsRefusedByNameAndThePrimaryIsFoundBesideIt() {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer replica = PostgresServer.startReplica(primary)) {
            assertThat(failure(replica.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("replica");
            use("postgresql://muster@127.0.0.1:" + replica.port() + ",127.0.0.1:" + primary.port() + "/muster");
        }
    }

    @Test
    void aServerThatIsNotThereOrSaysNothingIsTold() throws IOException {
        assertThat(failure("postgresql://muster:secret@127.0.0.1:" + Ports.free() + "/muster"))
                .isInstanceOf(ConnectionException.class);
        try (ServerSocket silent = new ServerSocket(Ports.free())) {
            assertThat(failure("postgresql://muster:secret@127.0.0.1:" + silent.getLocalPort() + "/muster"))
                    .isInstanceOf(ConnectionException.class);
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsTold() {
        assertThat(failure("postgresql://muster@127.0.0.1:" + server.port() + "/nothing"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void aUserWithoutRightsIsToldWhichItNeeds() {
        server.sql("create role weak login");
        assertThat(failure("postgresql://weak@127.0.0.1:" + server.port() + "/muster?schema=not_mine"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("schema not_mine");
    }

    @Test
    void aStoreOfANewerMusterIsLeftAlone() {
        String url = server.url() + "?schema=newer";
        use(url);
        server.sql("update newer.store set format = 99");
        assertThat(failure(url)).isInstanceOf(StorageException.class).hasMessageContaining("format 99");
    }

    @Test
    void tablesOfOthersAreLeftAlone() {
        server.sql("create schema theirs");
        server.sql("create table theirs.directory (a int)");
        assertThat(failure(server.url() + "?schema=theirs"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not Muster's");
        assertThat(server.sql("select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace"
                        + " where nspname = 'theirs' and relkind = 'r'"))
                .isEqualTo("1");
        use(server.url() + "?schema=theirs&prefix=muster_");
        server.sql("create schema other");
        server.sql("create table other.store (a int)");
        assertThat(failure(server.url() + "?schema=other")).isInstanceOf(StorageException.class);
    }

    @Test
    void manyClientsMayOpenANewStoreAtOnce() throws Exception {
        List<Callable<String>> opening = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            opening.add(() -> {
                try (Store store = Store.open(server.url() + "?schema=fresh")) {
                    return store.engine();
                }
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(opening.size());
        try {
            for (Future<String> opened : threads.invokeAll(opening)) {
                assertThat(opened.get()).isEqualTo("postgresql");
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void whatIsWrongWithTheUriIsTold() {
        for (String wrong : List.of(
                "postgresql:///muster",
                "postgresql://h",
                server.url() + "?schema=Robert'); drop",
                server.url() + "?connections=0",
                server.url() + "?sslmode=perhaps",
                server.url() + "?sslrootcert=/nowhere")) {
            assertThatThrownBy(() -> Store.open(wrong)).isInstanceOf(InvalidArgument.class);
        }
    }
}
