package dev.muster.store.etcd;

import dev.muster.store.InvalidArgument;
import dev.muster.store.etcd.Settings.Address;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes connections to servers. */
final class Dialer {

    private static final int CONNECT_MILLIS = 2_000;

    // etcd cuts off whoever pings more often than each 5 s.
    private static final int PING_SECONDS = 10;
    private static final int PONG_SECONDS = 3;

    /** A fixed one: gRPC would ping the server at each answer to find out how large it should be. */
    private static final int WINDOW_BYTES = 1 << 20;

    private final @Nullable SslContext encryption;

    Dialer(Settings settings) {
        this.encryption = settings.tls() ? encryption(settings) : null;
    }

    private static SslContext encryption(Settings settings) {
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            if (settings.ca() != null) {
                builder.trustManager(settings.ca().toFile());
            }
            if (settings.certificate() != null && settings.key() != null) {
                builder.keyManager(
                        settings.certificate().toFile(), settings.key().toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new InvalidArgument(
                    "the certificates or the key that the store URI names cannot be used: 'ca' and 'cert' must be"
                            + " certificates in PEM, 'key' a private key in PEM (PKCS#8) without a password",
                    e);
        }
    }

    ManagedChannel dial(Address server) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(server.host(), server.port())
                .directExecutor()
                .disableRetry()
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PONG_SECONDS, TimeUnit.SECONDS);
        return encryption == null
                ? builder.usePlaintext().build()
                : builder.sslContext(encryption).build();
    }
}
