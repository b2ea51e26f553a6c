package dev.muster.benchmarks.peer;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.benchmarks.server.Server;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.springframework.jdbc.core.JdbcTemplate;

/** ShedLock by the server's clock. It never waits for a lock, so who wants one has to try again. */
final class ShedLockLibrary implements Library {

    private static final int RETRY_MILLIS = 10;

    private final Server server;
    private final String schema;

    ShedLockLibrary(Server server, String namespace) throws SQLException {
        this.server = server;
        this.schema = Postgres.schema(namespace, "shedlock");
        Postgres.execute(
                server,
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + schema + ".shedlock (name VARCHAR(64) NOT NULL, lock_until TIMESTAMP NOT NULL,"
                        + " locked_at TIMESTAMP NOT NULL, locked_by VARCHAR(255) NOT NULL, PRIMARY KEY (name))");
    }

    @Override
    public String option() {
        return "shedlock";
    }

    @Override
    public String name() {
        return Versions.named("ShedLock", SimpleLock.class);
    }

    @Override
    public String note() {
        return "does not wait: tried again each " + RETRY_MILLIS + " ms; not fair";
    }

    @Override
    public Client connect(Server from, String id) {
        HikariDataSource pool = Postgres.pool(from);
        return new ShedLockClient(
                pool,
                new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                        .withJdbcTemplate(new JdbcTemplate(pool))
                        .withTableName(schema + ".shedlock")
                        .usingDbTime()
                        .build()));
    }

    @Override
    public void close() throws SQLException {
        Postgres.execute(server, "DROP SCHEMA " + schema + " CASCADE");
    }

    private static final class ShedLockClient extends JavaClient {

        private final HikariDataSource pool;
        private final LockProvider provider;

        ShedLockClient(HikariDataSource pool, LockProvider provider) {
            this.pool = pool;
            this.provider = provider;
        }

        @Override
        Hold acquire(String name) throws Exception {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                Optional<SimpleLock> lock =
                        provider.lock(new LockConfiguration(Instant.now(), name, Duration.ofMinutes(1), Duration.ZERO));
                if (lock.isPresent()) {
                    return lock.get()::unlock;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("ShedLock did not get the lock within " + PATIENCE);
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
