package dev.muster.store.zookeeper;

import dev.muster.store.ConnectionException;
import dev.muster.store.Scheduler;
import dev.muster.store.spi.LeasedSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;

/** A session of ZooKeeper with a connection of its own. Its time counts from the last write known to be reported. */
final class ZooKeeperSession extends LeasedSession {

    /** For clocks that run at different speeds. */
    private static final int MARGIN_PARTS = 100;

    private static final int HEARTBEATS = 8;
    private static final Duration SLOW = Duration.ofMillis(500);

    private final Scheduler scheduler;
    private final Handle handle;
    private final Op heartbeat;
    private final Consumer<ZooKeeperSession> onEnd;
    private final Reports reports;
    private final CompletableFuture<Handle> over = new CompletableFuture<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean connected;

    /**
     * @param handle whose session the servers have given; whoever listens to it tells this session
     * @param askedAt just before the session was asked for: the leader counted from then or later
     * @param heartbeat what is written, to no effect, to hear from the servers
     */
    ZooKeeperSession(
            String id,
            Scheduler scheduler,
            Handle handle,
            long askedAt,
            Op heartbeat,
            Consumer<ZooKeeperSession> onEnd) {
        super(
                id,
                scheduler,
                Duration.ofMillis(handle.timeoutMillis()),
                Duration.ofMillis(handle.timeoutMillis()).dividedBy(MARGIN_PARTS),
                askedAt);
        this.scheduler = scheduler;
        this.handle = handle;
        this.heartbeat = heartbeat;
        this.onEnd = onEnd;
        this.reports = new Reports(timeout());
        this.connected = handle.isConnected();
    }

    void start() {
        begin();
        beat();
    }

    Handle handle() {
        return handle;
    }

    void connected() {
        connections.incrementAndGet();
        connected = true;
        sendHeartbeat();
    }

    void disconnected() {
        connected = false;
        suspend(new ConnectionException("The connection of session " + id() + " to " + handle.hosts()
                + " is lost: connecting anew until its time-out of " + timeout() + " has passed"));
    }

    private void beat() {
        if (state().isFinal()) {
            return;
        }
        if (connected) {
            sendHeartbeat();
        }
        scheduler.after(timeout().dividedBy(HEARTBEATS), this::beat);
    }

    private void sendHeartbeat() {
        long sentAt = scheduler.nanoTime();
        AtomicBoolean answered = new AtomicBoolean();
        handle.write(List.of(heartbeat)).thenAccept(reply -> {
            answered.set(true);
            if (!reply.results().isEmpty()) {
                answered(sentAt);
                handle.sync(heartbeat.getPath()).thenAccept(synced -> prove(sentAt));
            }
        });
        int connection = connections.get();
        scheduler.after(patience(), () -> {
            // ZooKeeper's client would wait for longer than this session may be believed in.
            if (!answered.get() && connected && connection == connections.get() && !state().isFinal()) {
                handle.reconnect();
            }
        });
    }

    /** How long a heartbeat may go unanswered before another connection is tried: not for less than a slow link takes. */
    private Duration patience() {
        Duration interval = timeout().dividedBy(HEARTBEATS);
        Duration quarter = timeout().dividedBy(4);
        Duration slow = quarter.compareTo(SLOW) < 0 ? quarter : SLOW;
        return interval.compareTo(slow) > 0 ? interval : slow;
    }

    /** A write of this session was answered, so a quorum was there for it. */
    void answered(long sentAt) {
        reports.answered(sentAt, scheduler.nanoTime());
        if (connected && mayOwn()) {
            move(State.CONNECTED);
        }
    }

    private void prove(long sentAt) {
        Long reported = reports.proved(sentAt);
        if (reported != null) {
            renewed(reported);
        }
    }

    /** It is silence on the connection that suspends it, since proofs come late. */
    @Override
    protected Duration suspicion() {
        return timeout();
    }

    /** The handle once it is connected; fails once the session has ended. */
    CompletableFuture<Handle> ready() {
        CompletableFuture<Handle> now = handle.ready();
        if (state().isFinal()) {
            return over;
        }
        return now.isDone() ? now : now.applyToEither(over, same -> same);
    }

    /** The server, which may not have noticed, is told if it can be reached. */
    @Override
    protected CompletableFuture<Void> conclude(State as) {
        onEnd.accept(this);
        over.completeExceptionally(new IllegalStateException("the session has ended"));
        return CompletableFuture.runAsync(handle::close, scheduler.executor());
    }
}
