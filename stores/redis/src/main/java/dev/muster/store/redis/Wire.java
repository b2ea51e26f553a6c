package dev.muster.store.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.PushConsumer;
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.PushMessage;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

/** One connection to a server. One thread at a time writes, one reads; any may close. */
final class Wire implements AutoCloseable {

    private static final int BUFFER = 32 << 10;

    /** In the version of the protocol that is spoken here, the server sends none. */
    private static final PushConsumerChain NO_PUSHES = new NoPushes();

    private final Socket socket;
    private final boolean plain;
    private final RedisInputStream in;
    private final OutputStream out;

    private Wire(Socket socket, boolean plain) throws IOException {
        this.socket = socket;
        this.plain = plain;
        this.in = new RedisInputStream(socket.getInputStream(), BUFFER);
        this.out = socket.getOutputStream();
    }

    /**
     * Connects.
     *
     * @param patience for connecting, and for each reply until {@link #patient}
     * @throws JedisConnectionException where that fails
     */
    static Wire to(HostAndPort server, @Nullable Tls tls, Duration patience) {
        int millis = (int) patience.toMillis();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis);
        Socket socket = new DefaultJedisSocketFactory(server, config.build()).createSocket();
        try {
            return tls == null ? new Wire(socket, true) : new Wire(tls.around(socket, server), false);
        } catch (IOException e) {
            closeQuietly(socket);
            throw new JedisConnectionException(e);
        }
    }

    /** From here on reads wait without a limit: whoever reads is woken by {@link #close}. */
    void patient() throws IOException {
        socket.setSoTimeout(0);
    }

    /** Whether {@link #begins} may be asked: under TLS a wait that is given up could leave half a record behind. */
    boolean canGiveUp() {
        return plain;
    }

    /**
     * Waits for the next reply, and gives up where nothing of it comes within a moment.
     *
     * @param patience for the rest of it once it has begun: then the connection is to be closed
     * @throws JedisConnectionException where the connection is gone
     */
    boolean begins(Duration moment, Duration patience) throws IOException {
        socket.setSoTimeout((int) moment.toMillis());
        try {
            in.peek((byte) 0);
        } catch (JedisConnectionException e) {
            if (e.getCause() instanceof SocketTimeoutException) {
                return false;
            }
            throw e;
        }
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
        return true;
    }

    void write(byte[] commands, int length) throws IOException {
        out.write(commands, 0, length);
    }

    /**
     * Reads the next reply.
     *
     * @return text as bytes, numbers as Long, lists; an error as the exception that it would be
     * @throws JedisConnectionException where the connection is gone
     */
    Object read() {
        try {
            return Protocol.read(in, NO_PUSHES);
        } catch (JedisDataException e) {
            return e;
        }
    }

    /** Sends a command and reads its reply; an error is thrown. For as long as nothing else is under way. */
    Object ask(byte[] command) {
        try {
            write(command, command.length);
        } catch (IOException e) {
            throw new JedisConnectionException(e);
        }
        Object reply = read();
        if (reply instanceof JedisDataException error) {
            throw error;
        }
        return reply;
    }

    Object ask(String... words) {
        return ask(Resp.command(words));
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }

    private static final class NoPushes implements PushConsumerChain {

        @Override
        public PushMessage process(PushMessage message) {
            return message;
        }

        @Override
        public List<PushConsumer> getConsumers() {
            return List.of();
        }
    }
}
