package dev.muster.store.redis;

import dev.muster.store.Await;
import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens {@code redis://host:6379/0}, {@code rediss://host:6379} and
 * {@code redis+sentinel://h1:26379,h2:26379/mymaster/0}.
 */
public final class RedisStoreProvider implements StoreProvider {

    /** How long opening a store tries to find a server. */
    private static final Duration OPENING = Duration.ofMillis(4_500);

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss", RedisOptions.SENTINEL);
    }

    @Override
    public Set<String> options() {
        return RedisOptions.NAMES;
    }

    @Override
    public Store open(StoreUri uri) {
        RedisOptions options = RedisOptions.parse(uri);
        RedisClient client = new RedisClient(options, Limits.STANDARD);
        boolean opened = false;
        try {
            Live live = client.start().get(OPENING.toMillis(), TimeUnit.MILLISECONDS);
            opened = true;
            return new RedisStore(client, RedisStore.traits(options, live.info));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionException("Interrupted while connecting to " + options.place(), e);
        } catch (TimeoutException e) {
            MusterException trouble = client.link().trouble();
            throw trouble != null ? trouble : Failures.connection(options.place(), e);
        } catch (ExecutionException e) {
            if (Await.cause(e) instanceof MusterException known) {
                throw known;
            }
            throw Failures.connection(options.place(), e);
        } finally {
            if (!opened) {
                client.close();
            }
        }
    }
}
