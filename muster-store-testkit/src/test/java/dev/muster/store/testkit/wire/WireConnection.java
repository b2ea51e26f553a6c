package dev.muster.store.testkit.wire;

import dev.muster.store.MusterException;
import dev.muster.store.WatchEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client's connection at the server: a line is the number of a request, answered by a line with the same number. */
final class WireConnection implements Runnable {

    private final WirePort port;
    private final WireServer server;
    private final Socket socket;

    WireConnection(WirePort port, WireServer server, Socket socket) {
        this.port = port;
        this.server = server;
        this.socket = socket;
    }

    @Override
    public void run() {
        try (socket;
                BufferedReader requests =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = requests.readLine();
            while (line != null) {
                long number = Long.parseLong(line.strip());
                WirePort.Request request = port.take(number);
                if (request != null) {
                    port.answer(number, carryOut(request));
                    send(number + "\n");
                }
                line = requests.readLine();
            }
        } catch (IOException e) {
            // The client is gone.
        } finally {
            server.disconnected(this);
        }
    }

    private Object carryOut(WirePort.Request request) {
        try {
            return request.run(server, this);
        } catch (MusterException e) {
            return new WireServer.Failed(e);
        }
    }

    /** Tells of a change, in a line that starts with an exclamation mark. Called under the server's monitor. */
    void notify(String path, WatchEvent.Changed change) {
        try {
            send("!" + port.put(new WirePort.News(path, change)) + "\n");
        } catch (IOException e) {
            // The reading thread will find that the client is gone.
        }
    }

    private synchronized void send(String line) throws IOException {
        socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    }
}
