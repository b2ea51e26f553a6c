package dev.muster.store.testkit.wire;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's end of the line: connects again when the connection ends, or no longer answers. */
final class WireLine {

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** What becomes of requests that were sent and not answered. */
    static final class Lost extends RuntimeException {
        Lost() {
            super("the reply was lost", null, false, false);
        }
    }

    private record Pending(CompletableFuture<Object> future, String line, boolean again) {}

    private final WirePort port;
    private final InetSocketAddress address;
    private final Executor executor;
    private final Consumer<WirePort.News> onNews;
    private final Runnable onConnected;
    private final Runnable onDisconnected;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private volatile @Nullable Socket socket;
    private volatile boolean closed;

    WireLine(
            WirePort port,
            InetSocketAddress address,
            Executor executor,
            Consumer<WirePort.News> onNews,
            Runnable onConnected,
            Runnable onDisconnected) {
        this.port = port;
        this.address = address;
        this.executor = executor;
        this.onNews = onNews;
        this.onConnected = onConnected;
        this.onDisconnected = onDisconnected;
        WirePort.start(this::stayConnected, "wire client");
    }

    boolean isConnected() {
        return socket != null;
    }

    private void stayConnected() {
        while (!closed) {
            try (Socket connecting = new Socket()) {
                connecting.connect(address, 1_000);
                connecting.setTcpNoDelay(true);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(connecting.getInputStream(), StandardCharsets.US_ASCII));
                synchronized (this) {
                    socket = connecting;
                    for (Pending again : pending.values()) {
                        write(again.line);
                    }
                }
                onConnected.run();
                String line = in.readLine();
                while (line != null) {
                    received(line);
                    line = in.readLine();
                }
            } catch (IOException e) {
                // Connects again.
            }
            disconnected();
            pause();
        }
    }

    private void received(String line) {
        if (line.startsWith("!")) {
            onNews.accept((WirePort.News) port.answer(Long.parseLong(line.substring(1))));
            return;
        }
        long number = Long.parseLong(line);
        Pending answered = pending.remove(number);
        Object answer = port.answer(number);
        if (answered != null && answer instanceof WireServer.Failed failed) {
            executor.execute(() -> answered.future.completeExceptionally(failed.cause()));
        } else if (answered != null) {
            executor.execute(() -> answered.future.complete(answer));
        }
    }

    private void disconnected() {
        boolean was;
        synchronized (this) {
            was = socket != null;
            socket = null;
        }
        if (was) {
            onDisconnected.run();
        }
        pending.forEach((number, request) -> {
            if ((closed || !request.again) && pending.remove(number, request)) {
                request.future.completeExceptionally(new Lost());
            }
        });
    }

    private synchronized void pause() {
        try {
            if (!closed) {
                TimeUnit.MILLISECONDS.timedWait(this, PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    /**
     * Asks, if there is a connection: else it fails as never sent.
     *
     * @param again whether to send it over the next connection too
     * @param padding how many bytes the request shall have at least
     */
    CompletableFuture<Object> ask(WirePort.Request request, boolean again, int padding) {
        long number = port.put(request);
        Pending asked = new Pending(new CompletableFuture<>(), " ".repeat(padding) + number + "\n", again);
        synchronized (this) {
            if (socket == null) {
                return CompletableFuture.failedFuture(unsent());
            }
            pending.put(number, asked);
            try {
                write(asked.line);
            } catch (IOException e) {
                // The reading thread will find the connection ended, and this request without an answer.
            }
        }
        return asked.future;
    }

    /** Has it sent over the next connection, if there is none. */
    void sendSooner(WirePort.Request request) {
        long number = port.put(request);
        pending.put(number, new Pending(new CompletableFuture<>(), number + "\n", true));
    }

    static MusterException unsent() {
        return new ConnectionException("Not connected with the wire server: nothing was sent. Try again.");
    }

    private void write(String line) throws IOException {
        socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    }

    /** Gives up a connection that no longer answers. */
    void hangUp() {
        Socket now = socket;
        if (now != null) {
            try {
                now.close();
            } catch (IOException e) {
                // It is given up anyway.
            }
        }
    }

    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        hangUp();
    }
}
