package dev.muster.store.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A TCP proxy that stands between a client and a server, or the servers of a cluster, and can be told to fail as networks
 * do. It listens on a free port of the loopback address for each server and passes everything on until told otherwise; what
 * it is told holds for the connections that are there and for new ones, to every server, until the next word. It copies
 * bytes and knows no protocol, so TLS passes too.
 *
 * <p>Thread-safe. Works in daemon threads of its own; closing it closes all connections.
 */
public final class FaultProxy implements AutoCloseable {

    /** What happens to the bytes of one direction. */
    enum Flow {
        PASS,
        HOLD,
        SWALLOW
    }

    /** How a connection is treated. */
    record Rules(Flow requests, Flow replies, Duration delay, Duration jitter, Predicate<byte[]> swallowed) {

        static final Rules PASS = of(Flow.PASS, Flow.PASS);

        static Rules of(Flow requests, Flow replies) {
            return new Rules(requests, replies, Duration.ZERO, Duration.ZERO, chunk -> true);
        }
    }

    private static final int CONNECT_MILLIS = 5_000;

    /** How long a server may take over what it then drops. */
    private static final Duration DROPPED = Duration.ofSeconds(5);

    /** A server, and where it is found instead. */
    private record Door(ServerSocket listener, InetSocketAddress server) {
        String address() {
            return "127.0.0.1:" + listener.getLocalPort();
        }
    }

    private final List<Door> doors = new ArrayList<>();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    /** Those that {@link #pass} and the like no longer speak of. */
    private final Set<ProxiedConnection> strangers = ConcurrentHashMap.newKeySet();

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong swallowed = new AtomicLong();
    private volatile Consumer<byte[]> requestListener = chunk -> {};
    private Rules rules = Rules.PASS;
    private boolean refusing;
    private boolean closed;

    private FaultProxy(List<InetSocketAddress> servers) {
        try {
            for (InetSocketAddress server : servers) {
                doors.add(new Door(new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress()), server));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not listen on the loopback address", e);
        }
        for (Door door : doors) {
            start(() -> accept(door), "fault proxy " + door.address());
        }
    }

    /** Starts a proxy to a server, which need not be there yet. */
    public static FaultProxy to(String host, int port) {
        return new FaultProxy(List.of(new InetSocketAddress(host, port)));
    }

    /**
     * Starts a proxy to all servers of a cluster, which need not be there yet.
     *
     * @param servers each as {@code host:port}
     */
    public static FaultProxy to(List<String> servers) {
        return new FaultProxy(servers.stream().map(FaultProxy::address).toList());
    }

    private static InetSocketAddress address(String server) {
        int colon = server.lastIndexOf(':');
        return new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    }

    /** Where a client finds it: {@code 127.0.0.1:PORT}; of several servers, with commas between, in their order. */
    public String address() {
        return String.join(",", doors.stream().map(Door::address).toList());
    }

    /** Where a client finds the first of the servers. */
    public int port() {
        return doors.get(0).listener().getLocalPort();
    }

    /** Heals: passes everything on at once, first what was held; takes new connections. */
    public void pass() {
        refuse(false);
        treat(Rules.PASS);
    }

    /** Delays each direction by the mean ± up to the jitter, evenly drawn, in order: a round trip takes it twice. */
    public void delay(Duration mean, Duration jitter) {
        treat(new Rules(Flow.PASS, Flow.PASS, mean, jitter, chunk -> true));
    }

    /** Keeps what clients send, and delivers it when told to {@link #pass}; replies pass. */
    public void holdRequests() {
        treat(Rules.of(Flow.HOLD, Flow.PASS));
    }

    /**
     * Delivers requests and loses every reply. What is lost is missing in the stream: to go on with a connection after
     * that is a fault that no network makes, so {@link #cut} before {@link #pass}.
     */
    public void swallowReplies() {
        treat(Rules.of(Flow.PASS, Flow.SWALLOW));
    }

    /**
     * Loses the replies that the predicate names, and passes all others: of a protocol whose pushed messages come in
     * chunks of their own, single messages.
     */
    public void swallowReplies(Predicate<byte[]> chunks) {
        treat(new Rules(Flow.PASS, Flow.SWALLOW, Duration.ZERO, Duration.ZERO, chunks));
    }

    /**
     * Lets nothing through either way, and leaves every connection open, as a network does that drops packets. What was
     * sent meanwhile is delivered when told to {@link #pass}, as TCP would send it again.
     */
    public void silence() {
        treat(Rules.of(Flow.HOLD, Flow.HOLD));
    }

    /**
     * The connections that are there never hear a reply again, though they stay open and deliver requests; new ones pass.
     */
    public synchronized void deafen() {
        Rules deaf = Rules.of(Flow.PASS, Flow.SWALLOW);
        connections.forEach(connection -> connection.treat(deaf));
        strangers.addAll(connections);
        connections.clear();
    }

    /** Resets the connections that are there, both ends; what was held of them is lost. New ones are taken. */
    public void cut() {
        connections.forEach(ProxiedConnection::reset);
        connections.clear();
    }

    /** Resets new connections as soon as they are made, until told to {@link #pass}. Those that are there stay. */
    public void refuse() {
        refuse(true);
    }

    /** {@link #refuse} and {@link #cut}: the server is out of reach, and the clients know it. */
    public void partition() {
        refuse();
        cut();
    }

    /**
     * Resets the clients' ends of the connections that are there and keeps the server's, with what was held: requests
     * still under way when their clients gave up. New connections pass.
     */
    public synchronized Stranded strand() {
        List<ProxiedConnection> left = List.copyOf(connections);
        left.forEach(connection -> connection.strand(Rules.of(Flow.HOLD, Flow.SWALLOW)));
        strangers.addAll(left);
        connections.clear();
        pass();
        return new Stranded(left);
    }

    /** Requests of clients that have gone. */
    public static final class Stranded {

        private final List<ProxiedConnection> connections;

        private Stranded(List<ProxiedConnection> connections) {
            this.connections = connections;
        }

        /** How many bytes they hold. */
        public long held() {
            return connections.stream()
                    .mapToLong(ProxiedConnection::heldRequests)
                    .sum();
        }

        /**
         * Delivers them, and waits until the server has answered each connection that held some, or closed it, or has had
         * time enough: a server may drop without a word what comes of a session that has ended, or that has another
         * connection by now. They stay open, deaf, until the proxy is closed: the server may be at work on what it got.
         */
        public void deliver() {
            List<BooleanSupplier> answers = release();
            long end = System.nanoTime() + Patience.scaled(DROPPED).toNanos();
            Patience.await("an answer of the server to what was delivered late, or time enough for one")
                    .until(() ->
                            System.nanoTime() - end > 0 || answers.stream().allMatch(BooleanSupplier::getAsBoolean));
        }

        private List<BooleanSupplier> release() {
            List<ProxiedConnection> holding = connections.stream()
                    .filter(connection -> connection.heldRequests() > 0)
                    .toList();
            List<Long> before = holding.stream().map(ProxiedConnection::replied).toList();
            holding.forEach(connection -> connection.treat(Rules.of(Flow.PASS, Flow.SWALLOW)));
            List<BooleanSupplier> answers = new ArrayList<>();
            for (int i = 0; i < holding.size(); i++) {
                ProxiedConnection one = holding.get(i);
                long replied = before.get(i);
                answers.add(() -> one.isClosed() || one.replied() > replied);
            }
            return answers;
        }
    }

    /** Shows every chunk of bytes that clients send, as it is read, on the thread that reads it; one at a time a connection. */
    public void onRequests(Consumer<byte[]> listener) {
        requestListener = listener;
    }

    void requested(byte[] chunk) {
        requestListener.accept(chunk);
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /** How many connections were made so far, refused ones too. */
    public long accepted() {
        return accepted.get();
    }

    /** How many bytes that clients sent are being held. */
    public long heldRequests() {
        return connections.stream().mapToLong(ProxiedConnection::heldRequests).sum();
    }

    /** How many bytes of replies were swallowed so far. */
    public long swallowed() {
        return swallowed.get();
    }

    void countSwallowed(int bytes) {
        swallowed.addAndGet(bytes);
    }

    void ended(ProxiedConnection connection) {
        connections.remove(connection);
        strangers.remove(connection);
    }

    private synchronized void treat(Rules now) {
        rules = now;
        connections.forEach(connection -> connection.treat(now));
    }

    private synchronized void refuse(boolean now) {
        refusing = now;
    }

    private void accept(Door door) {
        while (!door.listener().isClosed()) {
            try {
                // Closed by the connection that takes it.
                Socket client = door.listener().accept();
                accepted.incrementAndGet();
                start(() -> connect(client, door.server()), "fault proxy " + door.address() + " connects");
            } catch (IOException e) {
                // Closed; or a client that gave up before it was accepted.
            }
        }
    }

    private void connect(Socket client, InetSocketAddress server) {
        Socket upstream = new Socket();
        try {
            upstream.connect(server, CONNECT_MILLIS);
            ProxiedConnection connection = new ProxiedConnection(this, client, upstream);
            if (enter(connection)) {
                connection.start();
            } else {
                connection.reset();
            }
        } catch (IOException e) {
            // The server is not there: the client sees its connection end.
            ProxiedConnection.reset(client);
            ProxiedConnection.reset(upstream);
        }
    }

    private synchronized boolean enter(ProxiedConnection connection) {
        if (refusing || closed) {
            return false;
        }
        connection.treat(rules);
        connections.add(connection);
        return true;
    }

    static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        for (Door door : doors) {
            try {
                door.listener().close();
            } catch (IOException e) {
                throw new UncheckedIOException("could not close the proxy's port", e);
            }
        }
        cut();
        strangers.forEach(ProxiedConnection::reset);
    }

    @Override
    public synchronized String toString() {
        return "proxy " + address() + " to " + doors.stream().map(Door::server).toList() + " with " + connections()
                + " connections, " + rules + (refusing ? ", refusing new ones" : "");
    }
}
