package dev.muster.store.zookeeper;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The way to a session: it has no identity before a server has given it one. Then it is told of its connection. */
final class SessionOpening implements Handle.Listener {

    /** Makes the session of a handle that is connected. */
    interface Beginning {
        ZooKeeperSession begin(Handle handle, long askedAt);
    }

    private final Scheduler scheduler;
    private final CompletableFuture<Session> opened = new CompletableFuture<>();
    private final Beginning beginning;
    private final long askedAt;
    private final Handle handle;
    private @Nullable ZooKeeperSession session;

    SessionOpening(Settings settings, Scheduler scheduler, Duration timeout, Beginning beginning) throws IOException {
        this.scheduler = scheduler;
        this.beginning = beginning;
        this.askedAt = scheduler.nanoTime();
        this.handle = new Handle(settings, (int) timeout.toMillis(), this);
    }

    /** @param known completes when the store behind the servers is known */
    void beginAfter(CompletableFuture<Handle> known) {
        opened.whenComplete((done, failure) -> known.cancel(false));
        handle.begin();
        handle.ready().thenAcceptBoth(known, (connected, line) -> begin(line.home()));
    }

    CompletableFuture<Session> opened() {
        return opened;
    }

    private void begin(Home home) {
        ZooKeeperSession begun;
        synchronized (this) {
            if (opened.isDone()) {
                return;
            }
            handle.belongsTo(home);
            // What happens to the connection from here on comes when it is known.
            begun = beginning.begin(handle, askedAt);
            session = begun;
        }
        begun.start();
        // Who waits for it runs on, and not on the event thread.
        scheduler.executor().execute(() -> {
            if (!opened.complete(begun)) {
                begun.closeAsync();
            }
        });
    }

    private synchronized @Nullable ZooKeeperSession begun() {
        return session;
    }

    /** Where it has not begun by now, there will be no session. */
    void giveUp(MusterException cause) {
        if (begun() == null && opened.completeExceptionally(cause)) {
            scheduler.executor().execute(handle::close);
        }
    }

    @Override
    public void connected(Handle same) {
        ZooKeeperSession begun = begun();
        if (begun != null) {
            begun.connected();
        }
    }

    @Override
    public void disconnected(Handle same) {
        ZooKeeperSession begun = begun();
        if (begun != null) {
            begun.disconnected();
        }
    }

    @Override
    public void expired(Handle same) {
        ZooKeeperSession begun = begun();
        if (begun != null) {
            begun.lose();
        } else {
            giveUp(new ConnectionException("ZooKeeper ended a session while it was being opened: try again"));
        }
    }
}
