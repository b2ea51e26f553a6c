package dev.muster.store.sql;

import dev.muster.store.MusterException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Opens connections for a store. After an attempt that failed, the next ones fail for a moment without trying. */
final class Connector {

    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private final Dialect dialect;
    private final UUID client = UUID.randomUUID();
    private final AtomicInteger era = new AtomicInteger();
    private volatile @Nullable Failed failed;

    private record Failed(MusterException cause, long at) {}

    Connector(Dialect dialect) {
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    /** By which the database knows this store object. */
    UUID client() {
        return client;
    }

    /** Rises when connections of before are not to be trusted. */
    int era() {
        return era.get();
    }

    void newEra() {
        era.incrementAndGet();
    }

    Link connect() {
        Failed last = failed;
        if (last != null && System.nanoTime() - last.at() < PAUSE) {
            throw last.cause();
        }
        try {
            Link link = dialect.connect();
            failed = null;
            return link;
        } catch (SQLException e) {
            throw remember(failure(e, "connect"));
        } catch (MusterException e) {
            throw remember(e);
        }
    }

    private MusterException remember(MusterException e) {
        failed = new Failed(e, System.nanoTime());
        return e;
    }

    MusterException failure(SQLException e, String what) {
        return dialect.failure(e, what);
    }
}
