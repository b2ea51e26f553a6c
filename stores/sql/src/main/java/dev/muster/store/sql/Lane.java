package dev.muster.store.sql;

import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread and its connection. It takes jobs until there are none for a while. While it waits for one, the connection
 * may be lent to another thread.
 */
final class Lane implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** Told when there may be work; guarded, like the next two, by the lock of the lanes. */
    final Condition wake;

    boolean lent;
    long lentUntil = System.nanoTime();

    private final Lanes lanes;
    private final Connector connector;
    private volatile @Nullable Link link;
    private int era;
    private long number;
    private long seq;

    Lane(Lanes lanes, Connector connector, Condition wake) {
        this.wake = wake;
        this.lanes = lanes;
        this.connector = connector;
    }

    @Override
    public void run() {
        try {
            Job job = lanes.take(this);
            while (job != null) {
                perform(job);
                job = lanes.next(this, job);
            }
        } finally {
            disconnect();
            lanes.left(this);
        }
    }

    /** Whether a job can be begun without connecting first. */
    boolean isConnected() {
        return link != null && era == connector.era();
    }

    /** Does a job on the thread of somebody who has lent it, and waits for an answer no longer than that. */
    void perform(Job job, Duration patience) {
        bound(patience);
        perform(job);
        bound(Duration.ZERO);
    }

    private void bound(Duration patience) {
        Link current = link;
        try {
            if (current != null) {
                current.patience(patience);
            }
        } catch (SQLException e) {
            LOG.debug("a connection is given up", e);
            disconnect();
        }
    }

    private void perform(Job job) {
        if (job.deadline - System.nanoTime() < 0) {
            job.drop(lanes.late());
            return;
        }
        try {
            connect();
        } catch (MusterException e) {
            job.drop(e);
            return;
        }
        try {
            job.run(this);
        } catch (SQLException e) {
            if (!connector.dialect().isUndone(e)) {
                LOG.debug("a connection is given up", e);
                disconnect();
            }
        } catch (RuntimeException | Error e) {
            // Whoever waits for it, or for its directory, must not wait for ever.
            LOG.warn("an operation failed unexpectedly: its connection is given up", e);
            disconnect();
            job.drop(new StorageException("An operation failed unexpectedly; its connection was given up", e));
        }
    }

    private void connect() {
        if (link != null && era != connector.era()) {
            disconnect();
        }
        if (link == null) {
            era = connector.era();
            Link fresh = connector.connect();
            link = fresh;
            try {
                number = fresh.enlist(connector.client());
                seq = 0;
            } catch (SQLException e) {
                disconnect();
                throw connector.failure(e, "register a connection");
            }
        }
    }

    Link link() {
        Link current = link;
        if (current == null) {
            throw new IllegalStateException("a job runs on a connected lane");
        }
        return current;
    }

    /** Under which its commits are known to the database. */
    long number() {
        return number;
    }

    long nextSeq() {
        return ++seq;
    }

    /** Has it connect anew before the next job. Any thread: whatever it waits for fails. */
    void disconnect() {
        Link old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }
}
