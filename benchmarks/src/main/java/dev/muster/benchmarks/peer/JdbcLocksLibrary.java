package dev.muster.benchmarks.peer;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.benchmarks.server.Server;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** Spring Integration's locks in a table, as it has them by default: one who waits asks each 100 ms. */
final class JdbcLocksLibrary implements Library {

    private final Server server;
    private final String schema;

    JdbcLocksLibrary(Server server, String namespace) throws SQLException {
        this.server = server;
        this.schema = Postgres.schema(namespace, "spring");
        Postgres.execute(
                server,
                "CREATE SCHEMA " + schema,
                // As Spring Integration's schema-postgresql.sql has it.
                "CREATE TABLE " + schema + ".INT_LOCK (LOCK_KEY CHAR(36) NOT NULL, REGION VARCHAR(100) NOT NULL,"
                        + " CLIENT_ID CHAR(36), CREATED_DATE TIMESTAMP NOT NULL, EXPIRED_AFTER TIMESTAMP NOT NULL,"
                        + " CONSTRAINT INT_LOCK_PK PRIMARY KEY (LOCK_KEY, REGION))");
    }

    @Override
    public String option() {
        return "jdbc-lock-registry";
    }

    @Override
    public String name() {
        return Versions.named("JdbcLockRegistry", JdbcLockRegistry.class);
    }

    @Override
    public String note() {
        return "a waiter asks each 100 ms, its default; not fair";
    }

    @Override
    public Client connect(Server from, String id) {
        HikariDataSource pool = Postgres.pool(from);
        DefaultLockRepository repository = new DefaultLockRepository(pool);
        repository.setPrefix(schema + ".INT_");
        repository.setTransactionManager(new JdbcTransactionManager(pool));
        repository.setApplicationContext(new GenericApplicationContext());
        repository.afterPropertiesSet();
        repository.afterSingletonsInstantiated();
        repository.start();
        return new RegistryClient(pool, repository);
    }

    @Override
    public void close() throws SQLException {
        Postgres.execute(server, "DROP SCHEMA " + schema + " CASCADE");
    }

    private static final class RegistryClient extends JavaClient {

        private final HikariDataSource pool;
        private final DefaultLockRepository repository;
        private final JdbcLockRegistry registry;

        RegistryClient(HikariDataSource pool, DefaultLockRepository repository) {
            this.pool = pool;
            this.repository = repository;
            this.registry = new JdbcLockRegistry(repository);
        }

        @Override
        Hold acquire(String name) throws Exception {
            Lock lock = registry.obtain(name);
            if (!lock.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("JdbcLockRegistry did not get the lock within " + PATIENCE);
            }
            return lock::unlock;
        }

        @Override
        public void close() {
            repository.stop();
            pool.close();
        }
    }
}
