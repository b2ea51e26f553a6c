package dev.muster.store.zookeeper;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store does without a session of its user's goes through this: a session of ZooKeeper that is replaced by another
 * when the servers end it. Nothing of a user's is owned by it.
 */
final class Line implements Handle.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Line.class);

    /** The time-out of its session: no entry depends on it. */
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final Duration RETRY = Duration.ofMillis(200);

    private final Settings settings;
    private final Scheduler scheduler;
    private final Consumer<Handle> onConnected;
    private volatile Handle current;
    private volatile boolean closed;
    private Cancellable replacement = () -> {};

    /** @param onConnected called on an event thread with each connection, the first too: watches may have missed events */
    Line(Settings settings, Scheduler scheduler, Consumer<Handle> onConnected) throws IOException {
        this.settings = settings;
        this.scheduler = scheduler;
        this.onConnected = onConnected;
        this.current = new Handle(settings, TIMEOUT_MILLIS, this);
    }

    Handle current() {
        return current;
    }

    /** The handle once it is connected: at once where it is. */
    CompletableFuture<Handle> ready(String what) {
        CompletableFuture<Handle> now = current.ready();
        if (now.isDone()) {
            return now;
        }
        CompletableFuture<Handle> answer = new CompletableFuture<>();
        Cancellable deadline = scheduler.after(
                settings.timeout(), () -> answer.completeExceptionally(Failures.notInTime(what, settings.hosts())));
        awaitConnected(answer);
        answer.whenComplete((handle, failure) -> deadline.cancel());
        return answer;
    }

    /** The handle may be replaced meanwhile. */
    private void awaitConnected(CompletableFuture<Handle> answer) {
        if (closed) {
            answer.completeExceptionally(Failures.closed());
            return;
        }
        Handle handle = current;
        handle.ready().thenAccept(answer::complete);
        scheduler.after(RETRY, () -> {
            if (!answer.isDone()) {
                awaitConnected(answer);
            }
        });
    }

    @Override
    public void connected(Handle handle) {
        synchronized (this) {
            replacement.cancel();
        }
        if (handle == current && !closed) {
            onConnected.accept(handle);
        }
    }

    @Override
    public void disconnected(Handle handle) {
        synchronized (this) {
            replacement.cancel();
            // A server that lost its data knows nothing of this session, and refuses one that has seen more than it.
            replacement = scheduler.after(Duration.ofMillis(2L * TIMEOUT_MILLIS), () -> replace(handle));
        }
    }

    @Override
    public void expired(Handle handle) {
        scheduler.executor().execute(() -> replace(handle));
    }

    private void replace(Handle old) {
        synchronized (this) {
            if (closed || old != current || (old.isConnected() && !old.isExpired())) {
                return;
            }
            try {
                current = new Handle(settings, TIMEOUT_MILLIS, this);
            } catch (IOException | MusterException e) {
                LOG.warn("could not make a new session at {}; trying again: {}", settings, e.toString());
                replacement = scheduler.after(Duration.ofMillis(TIMEOUT_MILLIS), () -> replace(old));
                return;
            }
        }
        old.close();
    }

    static ConnectionException unreachable(Settings settings, String cause) {
        return new ConnectionException("Could not reach ZooKeeper at " + settings.hosts() + " within "
                + settings.connect().toMillis() + " ms: " + cause);
    }

    /** Blocks for a moment. */
    void close() {
        Handle last;
        synchronized (this) {
            closed = true;
            replacement.cancel();
            last = current;
        }
        last.close();
    }
}
