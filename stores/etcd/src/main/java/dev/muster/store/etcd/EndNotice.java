package dev.muster.store.etcd;

import dev.muster.store.Scheduler;
import io.etcd.jetcd.api.Event;
import java.util.List;

/**
 * Tells a session at once that its key is gone, as when somebody revokes its lease. What is missed while it is not open,
 * the next heartbeat finds.
 */
final class EndNotice implements WatchStream.Follower {

    private final EtcdSession session;
    private final WatchStream stream;
    private final Cluster cluster;
    private final Scheduler scheduler;
    private volatile boolean closed;

    EndNotice(EtcdSession session, WatchStream stream, Cluster cluster, Scheduler scheduler) {
        this.session = session;
        this.stream = stream;
        this.cluster = cluster;
        this.scheduler = scheduler;
    }

    void open() {
        if (!closed) {
            stream.openForRemovals(session.key(), this);
        }
    }

    void close() {
        closed = true;
        stream.close(this);
    }

    @Override
    public void opened(long etcdRevision) {
        if (closed) {
            stream.close(this);
        }
    }

    @Override
    public void changed(List<Event> events) {
        session.lose();
    }

    @Override
    public void broken() {
        if (!closed) {
            scheduler.after(cluster.pause(), this::open);
        }
    }

    @Override
    public void refused() {
        if (!closed) {
            scheduler.after(WatchStream.REFUSED, this::open);
        }
    }

    @Override
    public void compacted() {
        broken();
    }
}
