package dev.muster.store.postgresql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Properties;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Sockets that say at once that nothing has come. Public for the driver, which makes it by its name.
 *
 * <p>Before it hands out what it was notified of, the driver looks whether more has come, by a read with the shortest
 * time-out, a millisecond, which begins again with each notification that comes meanwhile: in a lively directory, each
 * was heard of milliseconds late.
 */
public final class PromptSockets extends SocketFactory {

    /** By which the driver asks whether there is something to read. */
    private static final int PEEK_MILLIS = 1;

    /** What is to be waited for wants a longer time-out. */
    static final int LEAST_MILLIS = PEEK_MILLIS + 1;

    /** Has the driver use them, where it can see this class: in a container it may come from elsewhere. */
    static void use(Properties properties) {
        String name = PromptSockets.class.getName();
        try {
            Class.forName(name, false, Driver.class.getClassLoader());
        } catch (ClassNotFoundException hidden) {
            return;
        }
        properties.setProperty("socketFactory", name);
    }

    @Override
    public Socket createSocket() {
        return new PromptSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    private Socket connected(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException {
        Socket socket = createSocket();
        socket.bind(from);
        socket.connect(to);
        return socket;
    }

    private static final class PromptSocket extends Socket {

        private volatile boolean peeking;

        @Override
        public synchronized void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis);
            peeking = millis == PEEK_MILLIS;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] into, int from, int most) throws IOException {
                    if (peeking && most > 0 && in.available() == 0) {
                        throw new SocketTimeoutException("nothing has come");
                    }
                    return in.read(into, from, most);
                }
            };
        }
    }
}
