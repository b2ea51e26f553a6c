package dev.muster.store.sql;

import dev.muster.store.MusterException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread and its connection. It takes jobs until there are none for a while. */
final class Lane implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Lanes lanes;
    private final Connector connector;
    private volatile @Nullable Link link;
    private int era;
    private long number;
    private long seq;

    Lane(Lanes lanes, Connector connector) {
        this.lanes = lanes;
        this.connector = connector;
    }

    @Override
    public void run() {
        try {
            Job job = lanes.take();
            while (job != null) {
                perform(job);
                job = lanes.next(job);
            }
        } finally {
            disconnect();
            lanes.left(this);
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
        } catch (RuntimeException e) {
            LOG.warn("an operation failed unexpectedly: its connection is given up", e);
            disconnect();
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
