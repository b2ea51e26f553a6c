package dev.muster.benchmarks.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * A port that passes every connection on to a server, and counts what goes through: bytes both ways, and requests. A
 * request is a turn of one connection: the client sends after the server did. What a client sends ahead of the answers
 * (a pipeline) is one request, since it waits but once.
 */
public final class PassThrough implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final ServerSocket listening;
    private final String host;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder requests = new LongAdder();

    /** What went through so far. */
    public record Count(long bytes, long requests) {

        public Count minus(Count earlier) {
            return new Count(bytes - earlier.bytes, requests - earlier.requests);
        }
    }

    private PassThrough(ServerSocket listening, String host, int port) {
        this.listening = listening;
        this.host = host;
        this.port = port;
    }

    /** Opens a port of the loopback address in front of a server's. */
    public static PassThrough to(String host, int port) throws IOException {
        PassThrough self = new PassThrough(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), host, port);
        daemon("accepting", self::accept);
        return self;
    }

    public int port() {
        return listening.getLocalPort();
    }

    public Count count() {
        return new Count(bytes.sum(), requests.sum());
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                sockets.add(client);
                Socket server = new Socket(host, port);
                sockets.add(server);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                AtomicBoolean clientSentLast = new AtomicBoolean();
                daemon("to the server", () -> pass(client, server, true, clientSentLast));
                daemon("to the client", () -> pass(server, client, false, clientSentLast));
            } catch (IOException e) {
                if (listening.isClosed()) {
                    return;
                }
                // The server took no connection: the client sees that its own is closed.
            }
        }
    }

    private void pass(Socket from, Socket to, boolean fromClient, AtomicBoolean clientSentLast) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes.add(read);
                if (clientSentLast.getAndSet(fromClient) != fromClient && fromClient) {
                    requests.increment();
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side has closed: both are closed now.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "pass-through " + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
