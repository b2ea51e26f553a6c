package dev.muster.store.testkit.wire;

import dev.muster.store.WatchEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the wire store listens. Server and clients are of one JVM: only numbers travel, and what they stand for is looked
 * up here, so that there is no format of messages and still every loss on the way is a real one.
 */
final class WirePort implements AutoCloseable {

    /** What a client asks of the server. */
    interface Request {
        Object run(WireServer server, WireConnection from);
    }

    record News(String path, WatchEvent.Changed change) {}

    private static final Map<Integer, WirePort> PORTS = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Map<Long, Request> requests = new ConcurrentHashMap<>();
    private final Map<Long, Object> answers = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final WireServer server;
    private final ServerSocket listener;

    private WirePort(WireFault fault) throws IOException {
        server = new WireServer(fault);
        listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }

    static WirePort open(WireFault fault) {
        try {
            WirePort port = new WirePort(fault);
            PORTS.put(port.number(), port);
            start(port::accept, "wire server");
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of this number: what the path of a wire URL names, while its authority says how to get there. */
    static WirePort of(int number) {
        return PORTS.get(number);
    }

    int number() {
        return listener.getLocalPort();
    }

    WireFault fault() {
        return server.fault();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                start(new WireConnection(this, server, socket), "wire server");
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    long put(Object something) {
        long number = NUMBERS.incrementAndGet();
        answers.put(number, something);
        return number;
    }

    long put(Request request) {
        long number = NUMBERS.incrementAndGet();
        requests.put(number, request);
        return number;
    }

    /** A request that is sent again blindly is carried out again. */
    @Nullable
    Request take(long number) {
        return requests.get(number);
    }

    void answer(long number, Object answer) {
        answers.put(number, answer);
    }

    Object answer(long number) {
        return answers.remove(number);
    }

    static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        PORTS.remove(number());
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
