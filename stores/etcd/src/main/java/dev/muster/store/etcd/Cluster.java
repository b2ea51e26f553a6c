package dev.muster.store.etcd;

import dev.muster.store.etcd.Settings.Address;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of the cluster, of which one is used at a time: the first that works, until it fails. Clients begin with
 * different ones. Thread-safe.
 */
final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final long FIRST_WAIT_MILLIS = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** A connection to one server, made when first used. */
    record Link(Address server, ManagedChannel channel) {}

    private final List<Address> servers;
    private final Dialer dialer;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Duration longestWait = LONGEST_WAIT;
    private int next;
    private int failures;
    private volatile boolean trouble;
    private volatile Link current;
    private boolean closed;

    Cluster(List<Address> servers, Dialer dialer) {
        List<Address> shuffled = new ArrayList<>(servers);
        Collections.shuffle(shuffled, ThreadLocalRandom.current());
        this.servers = List.copyOf(shuffled);
        this.dialer = dialer;
        this.current = dial();
    }

    private Link dial() {
        Address server = servers.get(next++ % servers.size());
        return new Link(server, dialer.dial(server));
    }

    Link link() {
        return current;
    }

    /** Listeners are called when another server is used from now on: on any thread, with nothing held. */
    void onSwitch(Runnable listener) {
        listeners.add(listener);
    }

    void worked(Link link) {
        if (trouble && link.equals(current)) {
            synchronized (this) {
                failures = 0;
                trouble = false;
            }
        }
    }

    /** Has another connection used in place of this one. Calls under way on it may still be answered. */
    void failed(Link link, String why) {
        synchronized (this) {
            if (closed || !link.equals(current)) {
                return;
            }
            failures++;
            trouble = true;
            current = dial();
            if (failures == 1) {
                LOG.info("etcd server {} failed ({}): going on with {}", link.server(), why, current.server());
            } else {
                LOG.debug("etcd server {} failed too ({}): going on with {}", link.server(), why, current.server());
            }
        }
        link.channel().shutdown();
        listeners.forEach(Runnable::run);
    }

    /** How long to wait before the next attempt: every server is tried at once, then ever more slowly; never in step. */
    synchronized Duration pause() {
        int rounds = Math.min(failures / servers.size(), 10);
        long most =
                rounds == 0 ? FIRST_WAIT_MILLIS : Math.min(longestWait.toMillis(), FIRST_WAIT_MILLIS << (rounds + 1));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    /** Who has sessions must not be late for them: 1 s at most, unless told otherwise. */
    void pauseAtMost(Duration wait) {
        longestWait = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    List<Address> servers() {
        return servers;
    }

    Dialer dialer() {
        return dialer;
    }

    @Override
    public void close() {
        Link last;
        synchronized (this) {
            closed = true;
            last = current;
        }
        last.channel().shutdownNow();
        try {
            if (!last.channel().awaitTermination(300, TimeUnit.MILLISECONDS)) {
                LOG.debug("the connection to {} is still closing", last.server());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
