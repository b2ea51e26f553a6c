package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** jetcd's lock, which is the server's own lock service; one lease a client, kept alive. */
final class JetcdLibrary implements Library {

    private static final long LEASE_SECONDS = 10;

    private final Server server;
    private final String prefix;

    JetcdLibrary(Server server, String namespace) {
        this.server = server;
        this.prefix = namespace + "-jetcd/";
    }

    @Override
    public String option() {
        return "jetcd";
    }

    @Override
    public String name() {
        return Versions.named("jetcd", ClientBuilder.class);
    }

    @Override
    public Client connect(Server from, String id) throws Exception {
        io.etcd.jetcd.Client etcd = open(from);
        long lease = etcd.getLeaseClient()
                .grant(LEASE_SECONDS)
                .get(LEASE_SECONDS, TimeUnit.SECONDS)
                .getID();
        CloseableClient heartbeat = etcd.getLeaseClient().keepAlive(lease, Observers.observer(response -> {}));
        return new JetcdClient(etcd, lease, heartbeat);
    }

    private static io.etcd.jetcd.Client open(Server server) {
        ClientBuilder builder = io.etcd.jetcd.Client.builder().endpoints("http://" + server.address());
        if (!server.user().isEmpty()) {
            builder.user(bytes(server.user())).password(bytes(server.password()));
        }
        return builder.build();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws Exception {
        try (io.etcd.jetcd.Client etcd = open(server)) {
            etcd.getKVClient()
                    .delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build())
                    .get(LEASE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private final class JetcdClient extends JavaClient {

        private final io.etcd.jetcd.Client etcd;
        private final long lease;
        private final CloseableClient heartbeat;

        JetcdClient(io.etcd.jetcd.Client etcd, long lease, CloseableClient heartbeat) {
            this.etcd = etcd;
            this.lease = lease;
            this.heartbeat = heartbeat;
        }

        @Override
        Hold acquire(String lock) throws Exception {
            ByteSequence key = etcd.getLockClient()
                    .lock(bytes(prefix + lock), lease)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .getKey();
            return () -> etcd.getLockClient().unlock(key).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() throws Exception {
            heartbeat.close();
            etcd.getLeaseClient().revoke(lease).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            etcd.close();
        }
    }
}
