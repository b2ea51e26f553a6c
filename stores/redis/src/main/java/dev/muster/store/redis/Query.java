package dev.muster.store.redis;

import dev.muster.store.MusterException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import redis.clients.jedis.exceptions.JedisDataException;

/** A command that may be sent again when its reply is lost. */
final class Query<T> extends Request {

    private final RedisOptions options;
    private final Function<Live, byte[]> command;
    private final Function<Object, T> reading;
    final CompletableFuture<T> result = new CompletableFuture<>();

    /** @param reading on the thread that reads */
    Query(RedisOptions options, long deadline, Function<Live, byte[]> command, Function<Object, T> reading) {
        super(deadline, false);
        this.options = options;
        this.command = command;
        this.reading = reading;
    }

    @Override
    byte[] encode(Live live) {
        return command.apply(live);
    }

    @Override
    boolean answered(Object reply, Live live) {
        if (reply instanceof JedisDataException error) {
            if (Failures.refusal(error) == Failures.Refusal.ELSEWHERE) {
                return false;
            }
            result.completeExceptionally(Failures.refused(options, error));
            return true;
        }
        if (reply instanceof List<?> parts
                && !parts.isEmpty()
                && parts.get(0) instanceof Long code
                && code == Answer.STRANGER) {
            return false;
        }
        T value;
        try {
            value = reading.apply(reply);
        } catch (MusterException e) {
            result.completeExceptionally(e);
            return true;
        }
        result.complete(value);
        return true;
    }

    @Override
    boolean lost() {
        return true;
    }

    @Override
    void failed(MusterException failure) {
        result.completeExceptionally(failure);
    }
}
