package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.muster.servers.Certificates;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.StoreUri;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.Patience;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** TLS with client certificates and users at once: by password, and by the common name of the certificate. */
class EtcdTlsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @Test
    void aUserByPasswordAndOneByCertificateBothHaveWhatTheirRolesAllow() {
        for (EtcdRelease release : EtcdRelease.values()) {
            try (EtcdServer server = EtcdServer.startWithTls(release)) {
                String tls = tls(server, "worker");
                addUsers(server, tls);
                String at = "127.0.0.1:" + server.port();
                // A password counts more than the certificate, here of one who has no user.
                worksOn("etcd://keeper:s3cret@" + at + "/muster" + tls(server, "nobody"));
                worksOn("etcd://" + at + "/muster" + tls);
                assertThatThrownBy(() -> Store.open("etcd://keeper:wrong@" + at + "/muster" + tls)
                                .close())
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("user or password is wrong");
                assertThatThrownBy(() ->
                                Store.open("etcd://" + at + "/elsewhere" + tls).close())
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("readwrite");
            }
        }
    }

    private static String tls(EtcdServer server, String commonName) {
        Certificates.Pair pair = server.certificates().client(commonName);
        return "?ca=" + server.certificates().certificate() + "&cert=" + pair.certificate() + "&key=" + pair.key();
    }

    private static void addUsers(EtcdServer server, String tls) {
        Settings settings = Settings.of(StoreUri.parse(server.url() + tls));
        ManagedChannel channel = new Dialer(settings).dial(settings.servers().get(0));
        try {
            AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("muster").build());
            auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                    .setName("muster")
                    .setPerm(Permission.newBuilder()
                            .setPermType(Permission.Type.READWRITE)
                            .setKey(ByteString.copyFromUtf8("muster/"))
                            .setRangeEnd(ByteString.copyFromUtf8("muster0")))
                    .build());
            addUser(auth, "root", "root");
            addUser(auth, "keeper", "muster");
            addUser(auth, "worker", "muster");
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    private static void addUser(AuthGrpc.AuthBlockingStub auth, String name, String role) {
        auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setPassword("s3cret")
                .build());
        auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(name)
                .setRole(role)
                .build());
    }

    private static void worksOn(String url) {
        try (Store store = Store.open(url)) {
            assertThat(store.toString()).doesNotContain("s3cret");
            AtomicInteger told = new AtomicInteger();
            store.watch("works", WatchOptions.ALL, event -> told.incrementAndGet());
            Patience.await("the listing").until(() -> told.get() == 1);
            Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
            Commit commit = Commit.in("works")
                    .as(session)
                    .putOwned("a", Bytes.utf8("1"))
                    .build(Commit.Reply.NAMES);
            assertThat(store.commit(commit, DEADLINE).names()).containsExactly("a");
            Patience.await("the news").until(() -> told.get() == 2);
            long beats = session.heartbeats();
            Patience.await("heartbeats").until(() -> session.heartbeats() > beats);
            session.close();
            assertThat(store.list("works", DEADLINE).entries()).isEmpty();
        }
    }
}
