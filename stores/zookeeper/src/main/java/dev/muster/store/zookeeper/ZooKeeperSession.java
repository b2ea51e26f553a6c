package dev.muster.store.zookeeper;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;

/** A session of ZooKeeper with a connection of its own. */
final class ZooKeeperSession implements Session, Handle.Listener {

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Handle handle;
    private final Op heartbeat;
    private final Consumer<ZooKeeperSession> onEnd;
    private final CompletableFuture<Session> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Handle> over = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private final long startedAt;
    private volatile @Nullable Lease lease;
    private volatile @Nullable SessionLifecycle lifecycle;
    private volatile String id = "";
    private volatile boolean connected;

    /** @param heartbeat what is written, to no effect, to hear from the servers */
    ZooKeeperSession(
            Settings settings, Scheduler scheduler, Duration timeout, Op heartbeat, Consumer<ZooKeeperSession> onEnd)
            throws java.io.IOException {
        this.scheduler = scheduler;
        this.heartbeat = heartbeat;
        this.onEnd = onEnd;
        this.startedAt = scheduler.nanoTime();
        this.handle = new Handle(settings, (int) timeout.toMillis(), this);
    }

    CompletableFuture<Session> opened() {
        return opened;
    }

    Handle handle() {
        return handle;
    }

    /** Where it was not connected in time, there will be no session. */
    void giveUp(Settings settings) {
        if (lifecycle == null && opened.completeExceptionally(Line.unreachable(settings, "no server gave a session"))) {
            onEnd.accept(this);
            closeHandle();
        }
    }

    /** Called once it was connected first, and the store behind it is known. */
    void begin(Home home) {
        handle.belongsTo(home);
        id = home.sessionId(handle.sessionId());
        Duration timeout = Duration.ofMillis(handle.timeoutMillis());
        lease = new Lease(timeout, startedAt);
        lifecycle = new SessionLifecycle(id, scheduler.executor());
        connected = handle.isConnected();
        beat();
        guard();
    }

    @Override
    public void connected(Handle same) {
        connections.incrementAndGet();
        connected = true;
        if (lifecycle != null) {
            sendHeartbeat();
        }
    }

    @Override
    public void disconnected(Handle same) {
        connected = false;
        move(State.SUSPENDED);
    }

    @Override
    public void expired(Handle same) {
        lose();
    }

    private void move(State to) {
        SessionLifecycle life = lifecycle;
        if (life != null) {
            life.move(to);
        }
    }

    private void beat() {
        if (state().isFinal()) {
            return;
        }
        if (connected) {
            sendHeartbeat();
        }
        scheduler.after(lease().interval(), this::beat);
    }

    private void sendHeartbeat() {
        long sentAt = scheduler.nanoTime();
        AtomicBoolean answered = new AtomicBoolean();
        handle.write(List.of(heartbeat)).thenAccept(reply -> {
            answered.set(true);
            if (!reply.results().isEmpty()) {
                confirmed(sentAt);
                handle.sync(heartbeat.getPath()).thenAccept(synced -> reported(sentAt));
            }
        });
        int connection = connections.get();
        scheduler.after(lease().patience(), () -> {
            // ZooKeeper's client would wait for longer than this session may be believed in.
            if (!answered.get() && connected && connection == connections.get() && !state().isFinal()) {
                handle.reconnect();
            }
        });
    }

    /** A write of this session was answered, so a quorum was there for it. */
    void confirmed(long sentAt) {
        if (state().isFinal()) {
            return;
        }
        lease().answered(sentAt, scheduler.nanoTime());
        if (connected && mayOwn()) {
            move(State.CONNECTED);
        }
    }

    private void reported(long sentAt) {
        if (!state().isFinal()) {
            lease().reported(sentAt);
        }
    }

    /** Watches over the deadline. */
    private void guard() {
        if (state().isFinal()) {
            return;
        }
        long left = lease().left(scheduler.nanoTime());
        if (left <= 0) {
            lose();
            return;
        }
        scheduler.after(Duration.ofNanos(left + TimeUnit.MILLISECONDS.toNanos(1)), this::guard);
    }

    private Lease lease() {
        Lease now = lease;
        if (now == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return now;
    }

    /** Ends it here; the server, which may not have noticed, is told if it can be reached. */
    void lose() {
        SessionLifecycle life = lifecycle;
        if (life == null) {
            opened.completeExceptionally(
                    new ConnectionException("ZooKeeper ended a session while it was being opened: try again"));
            closeHandle();
        } else if (life.move(State.LOST)) {
            end();
        }
    }

    private void end() {
        onEnd.accept(this);
        over.completeExceptionally(new IllegalStateException("the session has ended"));
        closeHandle();
    }

    private void closeHandle() {
        if (closing.compareAndSet(false, true)) {
            scheduler.executor().execute(() -> {
                handle.close();
                ended.complete(null);
            });
        }
    }

    /** The handle once it is connected; fails once the session has ended. */
    CompletableFuture<Handle> ready() {
        CompletableFuture<Handle> now = handle.ready();
        if (state().isFinal()) {
            return over;
        }
        return now.isDone() ? now : now.applyToEither(over, same -> same);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public State state() {
        SessionLifecycle life = lifecycle;
        return life == null ? State.SUSPENDED : life.state();
    }

    @Override
    public Duration timeout() {
        return lease().timeout();
    }

    @Override
    public boolean mayOwn() {
        return !state().isFinal() && lease().left(scheduler.nanoTime()) > 0;
    }

    @Override
    public long heartbeats() {
        return lease().confirmed();
    }

    @Override
    public Cancellable listen(SessionListener listener) {
        SessionLifecycle life = lifecycle;
        if (life == null) {
            throw new IllegalStateException("the session has not begun");
        }
        return life.listen(listener);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        SessionLifecycle life = lifecycle;
        if (life == null) {
            closeHandle();
        } else if (life.move(State.CLOSED)) {
            end();
        }
        return ended.copy();
    }

    @Override
    public void close() {
        try {
            closeAsync().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            lifecycleFailed();
        }
    }

    private void lifecycleFailed() {
        SessionLifecycle life = lifecycle;
        if (life != null) {
            life.failed(new ConnectionException("ZooKeeper did not confirm the end of session " + id + " within "
                    + CLOSING.toSeconds() + " s: its time-out of " + timeout() + " ends it"));
        }
    }

    @Override
    public String toString() {
        return "session " + id + " (" + state() + ")";
    }
}
