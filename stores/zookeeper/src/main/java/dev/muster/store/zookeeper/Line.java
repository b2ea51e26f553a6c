package dev.muster.store.zookeeper;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store does without a session of its user's goes through this: a session of ZooKeeper that is replaced by another
 * when the servers end it, or do not know it. Nothing of a user's is owned by it. Its successor serves once it is known
 * which store the servers hold then: they may have lost their data.
 */
final class Line implements Handle.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Line.class);

    /** The time-out of its session: no entry depends on it. */
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final Duration RETRY = Duration.ofMillis(200);

    private final Settings settings;
    private final Scheduler scheduler;
    private final Consumer<Handle> onConnected;
    private final Set<CompletableFuture<Handle>> waiting = ConcurrentHashMap.newKeySet();
    private volatile Handle current;
    private volatile boolean closed;

    /** What is to replace the current one; guarded by this, as is the timer that makes it. */
    private @Nullable Handle successor;

    private Cancellable replacement = () -> {};

    /**
     * @param onConnected called with each connection but the first, as soon as it is known which store is behind it:
     *     watches may have missed events
     */
    Line(Settings settings, Scheduler scheduler, Consumer<Handle> onConnected) throws IOException {
        this.settings = settings;
        this.scheduler = scheduler;
        this.onConnected = onConnected;
        this.current = new Handle(settings, TIMEOUT_MILLIS, this);
        current.begin();
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
        CompletableFuture<Handle> answer = whenReady();
        Cancellable deadline = scheduler.after(
                settings.timeout(), () -> answer.completeExceptionally(Failures.notInTime(what, settings.hosts())));
        answer.whenComplete((handle, failure) -> deadline.cancel());
        return answer;
    }

    /** As {@link #ready}, however long it takes: to be completed by whoever no longer waits. */
    @SuppressWarnings("CollectionUndefinedEquality") // each is itself alone
    CompletableFuture<Handle> whenReady() {
        CompletableFuture<Handle> answer = new CompletableFuture<>();
        waiting.add(answer);
        answer.whenComplete((handle, failure) -> waiting.remove(answer));
        answerConnected();
        return answer;
    }

    private void answerConnected() {
        Handle handle = current;
        if (closed) {
            waiting.forEach(answer -> answer.completeExceptionally(Failures.closed()));
        } else if (handle.isConnected()) {
            waiting.forEach(answer -> answer.complete(handle));
        }
    }

    @Override
    public void connected(Handle handle) {
        if (handle == current) {
            // What was to replace it is not needed.
            succeed(null);
            if (!closed) {
                onConnected.accept(handle);
            }
            answerConnected();
        } else {
            look(handle);
        }
    }

    /** Finds out which store the servers hold that took the successor in. */
    private void look(Handle handle) {
        Home.find(handle, settings).whenComplete((home, failure) -> {
            if (failure == null) {
                handle.belongsTo(home);
                adopt(handle);
            } else {
                LOG.warn("could not read the store at {}; trying again: {}", settings, failure.toString());
                scheduler.after(RETRY, () -> {
                    // Without a connection the next one comes here.
                    if (handle.isConnected() && isSuccessor(handle)) {
                        look(handle);
                    }
                });
            }
        });
    }

    private synchronized boolean isSuccessor(Handle handle) {
        return handle == successor && !closed;
    }

    private void adopt(Handle handle) {
        Handle old;
        synchronized (this) {
            if (!isSuccessor(handle)) {
                return;
            }
            old = current;
            current = handle;
            successor = null;
            replacement.cancel();
        }
        close(old);
        onConnected.accept(handle);
        answerConnected();
    }

    @Override
    public void disconnected(Handle handle) {
        if (handle == current) {
            synchronized (this) {
                replacement.cancel();
                // Servers that lost their data know nothing of this session, and refuse one that has seen more than
                // they.
                replacement = scheduler.after(Duration.ofMillis(TIMEOUT_MILLIS), () -> replace(handle));
            }
        }
    }

    @Override
    public void expired(Handle handle) {
        replace(handle);
    }

    /** Makes a session anew: where this one has ended, is refused, or belongs to a store that was removed. */
    void replace(Handle old) {
        if (closed || (old != current && !isSuccessor(old))) {
            return;
        }
        try {
            succeed(new Handle(settings, TIMEOUT_MILLIS, this));
        } catch (IOException | MusterException e) {
            LOG.warn("could not make a new session at {}; trying again: {}", settings, e.toString());
            synchronized (this) {
                replacement.cancel();
                replacement = scheduler.after(Duration.ofMillis(TIMEOUT_MILLIS), () -> replace(old));
            }
        }
    }

    private void succeed(@Nullable Handle next) {
        Handle before;
        synchronized (this) {
            replacement.cancel();
            before = successor;
            successor = closed ? null : next;
        }
        close(before);
        if (closed) {
            close(next);
        } else if (next != null) {
            next.begin();
        }
    }

    /** Blocks for a moment, so not on an event thread. */
    private void close(@Nullable Handle handle) {
        if (handle != null) {
            scheduler.executor().execute(handle::close);
        }
    }

    static ConnectionException unreachable(Settings settings, String cause) {
        return new ConnectionException("Could not reach ZooKeeper at " + settings.hosts() + " within "
                + settings.connect().toMillis() + " ms: " + cause);
    }

    /** Blocks for a moment. */
    void close() {
        Handle next;
        synchronized (this) {
            closed = true;
            replacement.cancel();
            next = successor;
            successor = null;
        }
        answerConnected();
        if (next != null) {
            next.close();
        }
        current.close();
    }
}
