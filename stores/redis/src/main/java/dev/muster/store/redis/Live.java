package dev.muster.store.redis;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.HostAndPort;

/** One connection on which commands may be sent, with those whose replies are still to come. */
final class Live {

    final Wire wire;
    final HostAndPort server;
    final ServerInfo info;

    /** Of the store that was found there. */
    final String identity;

    /** Commits carry it: those of an earlier one can no longer apply. */
    final long epoch;

    /** The revision of this client's last commit that the store knows of, 0 for none. */
    final long last;

    final Queue<Request> underway = new ConcurrentLinkedQueue<>();

    /** Taken by whoever reads, one at a time; the last to read here keeps it. */
    final AtomicBoolean turn = new AtomicBoolean();

    /** The last reply was for somebody who could have read it. Belongs to whose turn it is. */
    boolean lastWasAwaited;

    /** Set whenever somebody read the own reply. */
    volatile boolean readByCaller;

    /** No more is sent here; it closes with the last reply. */
    volatile boolean sealed;

    Live(Wire wire, HostAndPort server, ServerInfo info, String identity, long epoch, long last) {
        this.wire = wire;
        this.server = server;
        this.info = info;
        this.identity = identity;
        this.epoch = epoch;
        this.last = last;
    }
}
