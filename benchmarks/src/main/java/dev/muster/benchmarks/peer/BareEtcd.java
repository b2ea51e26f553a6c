package dev.muster.benchmarks.peer;

import com.google.protobuf.ByteString;
import dev.muster.benchmarks.server.Server;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** A key put, by the generated stub that jetcd publishes, on a channel of its own. */
final class BareEtcd extends BareLibrary {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;
    private final String prefix;

    BareEtcd(Server server, String namespace) {
        this.server = server;
        this.prefix = namespace + "-raw/";
    }

    @Override
    public String name() {
        return "bare put";
    }

    @Override
    public String note() {
        return Versions.named("gRPC", ManagedChannelBuilder.class);
    }

    @Override
    public Client connect(Server from, String id) {
        ManagedChannel channel = open(from);
        KVGrpc.KVBlockingStub stub = stub(channel, from);
        PutRequest put = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix + id))
                .setValue(ByteString.copyFrom(BareClient.VALUE))
                .build();
        return new BareClient(() -> end(channel), () -> stub.put(put));
    }

    private static ManagedChannel open(Server server) {
        return NettyChannelBuilder.forAddress(server.host(), server.port())
                .usePlaintext()
                .build();
    }

    private static KVGrpc.KVBlockingStub stub(ManagedChannel channel, Server server) {
        KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channel);
        if (server.user().isEmpty()) {
            return stub;
        }
        Metadata headers = new Metadata();
        headers.put(
                TOKEN,
                AuthGrpc.newBlockingStub(channel)
                        .authenticate(AuthenticateRequest.newBuilder()
                                .setName(server.user())
                                .setPassword(server.password())
                                .build())
                        .getToken());
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static void end(ManagedChannel channel) throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        ManagedChannel channel = open(server);
        try {
            byte[] end = prefix.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            // The first key after all that begin with the prefix.
            end[end.length - 1]++;
            stub(channel, server)
                    .deleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(prefix))
                            .setRangeEnd(ByteString.copyFrom(end))
                            .build());
        } finally {
            end(channel);
        }
    }
}
