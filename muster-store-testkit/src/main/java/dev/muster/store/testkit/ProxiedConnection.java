package dev.muster.store.testkit;

import dev.muster.store.testkit.FaultProxy.Flow;
import dev.muster.store.testkit.FaultProxy.Rules;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link FaultProxy}: a client's socket, one to the server, and bytes on their way. */
final class ProxiedConnection {

    private static final int CHUNK = 16 << 10;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private final Direction requests = new Direction(true);
    private final Direction replies = new Direction(false);
    private Rules rules = Rules.PASS;
    private boolean outlivesItsClient;
    private boolean closed;
    private long replied;

    ProxiedConnection(FaultProxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        requests.start();
        replies.start();
    }

    synchronized void treat(Rules now) {
        rules = now;
        notifyAll();
    }

    /** Resets the client's end and keeps the server's. */
    void strand(Rules last) {
        synchronized (this) {
            outlivesItsClient = true;
            treat(last);
        }
        reset(client);
    }

    /** Bytes that the client sent and the server has not got. */
    synchronized long heldRequests() {
        return requests.bytes;
    }

    /** Bytes that the server has sent, wherever they went. */
    synchronized long replied() {
        return replied;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends it at once at both ends. */
    void reset() {
        if (end()) {
            reset(client);
            reset(server);
        }
    }

    private boolean end() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            notifyAll();
        }
        proxy.ended(this);
        return true;
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed before: that is what is wanted.
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to do for it.
        }
    }

    /** Bytes that were read, when they may go on; none: the end of the stream. */
    private static final class Chunk {

        private final byte[] bytes;
        private final long due;

        Chunk(byte[] bytes, long due) {
            this.bytes = bytes;
            this.due = due;
        }
    }

    /** One way. A thread reads, another writes, so that what is delayed or held does not stop what follows. */
    private final class Direction {

        private final boolean toServer;
        private final Deque<Chunk> queue = new ArrayDeque<>();
        private long bytes;
        private long lastDue;
        private boolean ended;

        Direction(boolean toServer) {
            this.toServer = toServer;
        }

        private Flow flow() {
            return toServer ? rules.requests() : rules.replies();
        }

        void start() {
            String name = "fault proxy " + proxy.port() + (toServer ? " requests" : " replies");
            FaultProxy.start(this::read, name + " in");
            FaultProxy.start(this::write, name + " out");
        }

        private void read() {
            byte[] buffer = new byte[CHUNK];
            try {
                int count = 0;
                while (count >= 0) {
                    count = (toServer ? client : server).getInputStream().read(buffer);
                    take(Arrays.copyOf(buffer, Math.max(0, count)));
                }
            } catch (IOException e) {
                failed(true);
            }
        }

        private void take(byte[] chunk) {
            if (toServer) {
                proxy.requested(chunk);
            }
            synchronized (ProxiedConnection.this) {
                if (!toServer) {
                    replied += chunk.length;
                }
                if (chunk.length == 0
                        || flow() != Flow.SWALLOW
                        || !rules.swallowed().test(chunk)) {
                    lastDue = Math.max(lastDue, System.nanoTime() + delay());
                    queue.add(new Chunk(chunk, lastDue));
                    bytes += chunk.length;
                    ProxiedConnection.this.notifyAll();
                    return;
                }
            }
            proxy.countSwallowed(chunk.length);
        }

        private long delay() {
            long jitter = rules.jitter().toNanos();
            long drawn = jitter == 0 ? 0 : ThreadLocalRandom.current().nextLong(-jitter, jitter + 1);
            return Math.max(0, rules.delay().toNanos() + drawn);
        }

        private void write() {
            Socket to = toServer ? server : client;
            try {
                Chunk next = next();
                while (next != null && next.bytes.length > 0) {
                    to.getOutputStream().write(next.bytes);
                    delivered(next);
                    next = next();
                }
                if (next != null) {
                    to.shutdownOutput();
                    finished();
                }
            } catch (IOException e) {
                failed(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reset();
            }
        }

        /** Waits for what may go on; null once the connection is closed. */
        private @Nullable Chunk next() throws InterruptedException {
            synchronized (ProxiedConnection.this) {
                while (!closed) {
                    Chunk first = queue.peek();
                    if (first == null || flow() == Flow.HOLD) {
                        ProxiedConnection.this.wait();
                    } else {
                        long left = first.due - System.nanoTime();
                        if (left <= 0) {
                            return queue.remove();
                        }
                        TimeUnit.NANOSECONDS.timedWait(ProxiedConnection.this, left);
                    }
                }
                return null;
            }
        }

        private void delivered(Chunk chunk) {
            synchronized (ProxiedConnection.this) {
                bytes -= chunk.bytes.length;
            }
        }

        /** Both ways ended in an orderly manner: nothing is left to do. */
        private void finished() {
            boolean both;
            synchronized (ProxiedConnection.this) {
                ended = true;
                both = requests.ended && replies.ended;
            }
            if (both && end()) {
                close(client);
                close(server);
            }
        }

        /** One end is broken: so is the other, unless the client is meant to be gone. */
        private void failed(boolean reading) {
            boolean clientEnd = toServer == reading;
            synchronized (ProxiedConnection.this) {
                if (clientEnd && outlivesItsClient && !closed) {
                    return;
                }
            }
            reset();
        }
    }
}
