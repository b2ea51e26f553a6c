package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.servers.EtcdCluster;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.servers.Ports;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What goes wrong is told by name, within 5 s, without secrets. */
class EtcdErrorsTest {

    private static final Duration TOLD = Duration.ofSeconds(5);

    private static MusterException failureOfOpening(String url) {
        long start = System.nanoTime();
        MusterException[] failure = new MusterException[1];
        assertThatThrownBy(() -> Store.open(url).close())
                .isInstanceOfSatisfying(MusterException.class, thrown -> failure[0] = thrown);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.scaled(TOLD));
        for (Throwable cause = failure[0]; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain("s3cret");
        }
        return failure[0];
    }

    @Test
    void aServerThatIsNotThere() {
        assertThat(failureOfOpening("etcd://127.0.0.1:" + Ports.free()))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("Check that it runs");
    }

    @Test
    void aThreadThatIsInterruptedIsToldSo() {
        Thread.currentThread().interrupt();
        try {
            assertThat(failureOfOpening(EtcdServer.shared(EtcdRelease.INSTALLED).url()))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aWrongPasswordNoUserAndAUserWithoutRights() throws IOException {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED)) {
            server.ask("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"s3cret\"}");
            server.ask("/v3/auth/user/add", "{\"name\":\"guest\",\"password\":\"s3cret\"}");
            server.ask("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            server.ask("/v3/auth/enable", "{}");
            String at = "@127.0.0.1:" + server.port();
            assertThat(failureOfOpening("etcd://root:s3cretX" + at))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("user or password is wrong");
            assertThat(failureOfOpening(server.url()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("USER:PASSWORD");
            assertThat(failureOfOpening("etcd://guest:s3cret" + at))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("readwrite");
            try (Store store = Store.open("etcd://root:s3cret" + at)) {
                assertThat(store.toString()).doesNotContain("s3cret");
                worksOn(store);
            }
        }
    }

    @Test
    void aTokenThatHasExpiredIsExchangedForAnother() throws IOException {
        try (EtcdServer server = EtcdServer.start(EtcdRelease.INSTALLED, "--auth-token-ttl", "1")) {
            server.ask("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"s3cret\"}");
            server.ask("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            server.ask("/v3/auth/enable", "{}");
            try (Store store = Store.open("etcd://root:s3cret@127.0.0.1:" + server.port())) {
                long start = System.nanoTime();
                Patience.await("the token's time to pass")
                        .until(() -> System.nanoTime() - start
                                > Duration.ofSeconds(3).toNanos());
                worksOn(store);
            }
        }
    }

    @Test
    void tlsWithoutWithAWrongAndWithTheRightCertificates() {
        try (EtcdServer server = EtcdServer.startWithTls(EtcdRelease.INSTALLED);
                EtcdServer other = EtcdServer.startWithTls(EtcdRelease.INSTALLED)) {
            String ca = server.certificates().certificate().toString();
            String wrongCa = other.certificates().certificate().toString();
            var right = server.certificates().client("muster");
            var wrong = other.certificates().client("muster");
            assertThat(failureOfOpening(server.url())).hasMessageContaining("?tls");
            assertThat(failureOfOpening(server.url() + "?tls")).hasMessageContaining("?ca=");
            assertThat(failureOfOpening(server.url() + "?ca=" + wrongCa)).hasMessageContaining("?ca=");
            assertThat(failureOfOpening(server.url() + "?ca=" + ca)).isInstanceOf(ConnectionException.class);
            assertThat(failureOfOpening(
                            server.url() + "?ca=" + ca + "&cert=" + wrong.certificate() + "&key=" + wrong.key()))
                    .isInstanceOf(ConnectionException.class);
            assertThat(failureOfOpening(server.url() + "?ca=" + ca + "&cert=" + right.certificate()))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("key");
            try (Store store =
                    Store.open(server.url() + "?ca=" + ca + "&cert=" + right.certificate() + "&key=" + right.key())) {
                worksOn(store);
            }
        }
    }

    @Test
    void tlsToAServerThatIsPlain() {
        assertThat(failureOfOpening(EtcdServer.shared(EtcdRelease.INSTALLED).url() + "?tls"))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("TLS");
    }

    @Test
    void aClusterWithoutAMajority() {
        try (EtcdCluster cluster = EtcdCluster.start(EtcdRelease.INSTALLED)) {
            cluster.members().get(0).kill();
            cluster.members().get(1).kill();
            Patience.await("the leader is missed")
                    .until(() -> failsWithout(cluster.members().get(2)));
            assertThat(failureOfOpening(cluster.url())).isInstanceOf(ConnectionException.class);
        }
    }

    private static boolean failsWithout(EtcdServer server) {
        try {
            return !server.ask("/health", null).contains("true");
        } catch (IOException unhealthy) {
            return true;
        }
    }

    @Test
    void aFullStoreRefusesWritesAndStillTakesDeletesAndEndsSessions() {
        for (EtcdRelease release : EtcdRelease.values()) {
            try (EtcdServer server = EtcdServer.start(release, "--quota-backend-bytes", String.valueOf(1 << 20));
                    Store store = Store.open(server.url())) {
                Session session = store.openSession(SessionOptions.DEFAULT, TOLD);
                Commit.Builder owned = Commit.in("locks/a").as(session);
                owned.putOwned("a", Bytes.utf8("1")).putOwned("b", Bytes.utf8("1"));
                store.commit(owned.build(), TOLD);
                fill(store);
                long created =
                        store.list("locks/a", TOLD).find("a").orElseThrow().created();
                Commit releases =
                        Commit.in("locks/a").created("a", created).delete("a").build();
                assertThat(store.commit(releases, TOLD)).isInstanceOf(CommitResult.Applied.class);
                Commit again =
                        Commit.in("locks/a").created("a", created).delete("a").build();
                assertThat(store.commit(again, TOLD)).isInstanceOf(CommitResult.Refused.class);
                assertThat(store.list("locks/a", TOLD).names()).containsExactly("b");
                session.close();
                assertThat(store.list("locks/a", TOLD).entries()).isEmpty();
            }
        }
    }

    private static void fill(Store store) {
        Bytes large = Bytes.wrap(new byte[60 << 10]);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        store.commit(Commit.in("full").put("n" + i, large).build(), TOLD);
                    }
                })
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("space is used up")
                .hasMessageContaining("alarm disarm");
    }

    private static void worksOn(Store store) {
        try (Session session = store.openSession(SessionOptions.DEFAULT, TOLD)) {
            Commit commit = Commit.in("works")
                    .as(session)
                    .putOwned("a", Bytes.utf8("1"))
                    .build(Commit.Reply.NAMES);
            assertThat(store.commit(commit, TOLD).names()).containsExactly("a");
        }
        assertThat(store.list("works", TOLD).entries()).isEmpty();
    }
}
