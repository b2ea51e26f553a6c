package dev.muster.store.etcd;

import static dev.muster.store.testkit.Retrying.apply;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A stream of watches shows its token once, when it begins: what becomes of it when the server takes that no more. */
class EtcdTokenTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private static EtcdServer start(EtcdRelease release, String... arguments) throws IOException {
        EtcdServer server = EtcdServer.start(release, arguments);
        server.ask("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"s3cret\"}");
        server.ask("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        server.ask("/v3/auth/enable", "{}");
        return server;
    }

    private static Store open(EtcdServer server) {
        return Store.open("etcd://root:s3cret@127.0.0.1:" + server.port());
    }

    @Test
    void aWatchThatBeginsAfterTheTokenHasExpiredSeesAll() throws IOException {
        for (EtcdRelease release : EtcdRelease.values()) {
            try (EtcdServer server = start(release, "--auth-token-ttl", "1");
                    Store store = open(server);
                    WatchRecorder before = WatchRecorder.of(store, "before")) {
                before.awaitNames();
                Patience.pass("the token's time", Duration.ofSeconds(5));
                try (WatchRecorder after = WatchRecorder.of(store, "after")) {
                    after.awaitNames();
                    apply(store, () -> Commit.in("after").put("a", Bytes.EMPTY));
                    after.awaitNames("a");
                    apply(store, () -> Commit.in("before").put("b", Bytes.EMPTY));
                    before.awaitNames("b");
                }
            }
        }
    }

    @Test
    void watchesGoOnAfterTheServerWasRestartedAndHasForgottenItsTokens() throws IOException {
        for (EtcdRelease release : EtcdRelease.values()) {
            try (EtcdServer server = start(release);
                    Store store = open(server);
                    Session session = store.openSession(new SessionOptions(Duration.ofSeconds(60)), DEADLINE);
                    WatchRecorder seen = WatchRecorder.of(store, "d")) {
                seen.awaitNames();
                for (String name : new String[] {"a", "b", "c"}) {
                    server.restart();
                    apply(store, () -> Commit.in("d").as(session).put(name, Bytes.EMPTY));
                    seen.awaitStateOf(store, "d");
                }
            }
        }
    }
}
