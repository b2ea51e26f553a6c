package dev.muster.store.etcd;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Passes single calls on to a server, or does to some what a network or a dying server would. */
final class Middleman implements AutoCloseable {

    /** What becomes of one call. */
    enum Deed {
        PASS,
        /** It is carried out, and nobody is told. */
        SWALLOW_REPLY,
        /** It does not arrive, for now. */
        HOLD,
        REFUSE,
        /** It does not arrive, and there is no room. */
        SAY_FULL,
        /** It is carried out, and there is no room: what etcd answers to who takes the last. */
        PASS_AND_SAY_FULL
    }

    /** What becomes of a call. */
    interface Plan {
        Deed of(String method);
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final Status FULL =
            Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");

    private final ManagedChannel onward;
    private final Server server;
    private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile Plan plan = method -> Deed.PASS;

    Middleman(int port) {
        onward =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
                        return ServerMethodDefinition.create(descriptor(method), Middleman.this::handle);
                    }
                })
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MethodDescriptor<byte[], byte[]> descriptor(String method) {
        return MethodDescriptor.newBuilder(BYTES, BYTES)
                .setFullMethodName(method)
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .build();
    }

    String url() {
        return "etcd://127.0.0.1:" + server.getPort();
    }

    void plan(Plan next) {
        plan = next;
    }

    /** Lets those arrive that were held. */
    void letGo() {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    private ServerCall.Listener<byte[]> handle(ServerCall<byte[], byte[]> call, Metadata headers) {
        // Else what is passed on would end with the client's call.
        Context before = Context.ROOT.attach();
        try {
            return pass(call);
        } finally {
            Context.ROOT.detach(before);
        }
    }

    private ServerCall.Listener<byte[]> pass(ServerCall<byte[], byte[]> call) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Deed deed = plan.of(method);
        if (deed == Deed.REFUSE || deed == Deed.SAY_FULL) {
            call.close(
                    deed == Deed.SAY_FULL ? FULL : Status.UNAVAILABLE.withDescription("refused by the middleman"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        ClientCall<byte[], byte[]> passed = onward.newCall(call.getMethodDescriptor(), CallOptions.DEFAULT);
        passed.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata answered) {
                        if (deed == Deed.PASS) {
                            call.sendHeaders(new Metadata());
                        }
                    }

                    @Override
                    public void onMessage(byte[] message) {
                        if (deed == Deed.PASS) {
                            call.sendMessage(message);
                        }
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        if (deed == Deed.PASS || deed == Deed.PASS_AND_SAY_FULL) {
                            call.close(deed == Deed.PASS ? status : FULL, new Metadata());
                        }
                    }
                },
                new Metadata());
        passed.request(Integer.MAX_VALUE);
        call.request(Integer.MAX_VALUE);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
                later(deed, () -> passed.sendMessage(message));
            }

            @Override
            public void onHalfClose() {
                later(deed, passed::halfClose);
            }

            @Override
            public void onCancel() {
                if (deed == Deed.PASS) {
                    passed.cancel("the client is gone", null);
                }
            }
        };
    }

    private void later(Deed deed, Runnable step) {
        if (deed == Deed.HOLD) {
            held.add(step);
        } else {
            step.run();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        onward.shutdownNow();
    }
}
