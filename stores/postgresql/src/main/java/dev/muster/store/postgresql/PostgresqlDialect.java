package dev.muster.store.postgresql;

import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.Trait;
import dev.muster.store.sql.Dialect;
import dev.muster.store.sql.Link;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;

/** PostgreSQL, by its official driver. */
final class PostgresqlDialect implements Dialect {

    /** The oldest that has all that is used. */
    static final int LEAST_VERSION = 120000;

    private static final int CHECKS_CLIENTS = 140000;

    /** Asked apart, as an older server does not know all settings. */
    private static final String SERVER = "select pg_catalog.version(),"
            + " pg_catalog.current_setting('server_version_num')::integer, pg_catalog.pg_is_in_recovery(),"
            + " pg_catalog.current_setting('default_transaction_read_only')::boolean,"
            + " pg_catalog.current_setting('fsync')::boolean"
            + " and pg_catalog.current_setting('full_page_writes')::boolean";

    /**
     * Settings of every connection, so that none depends on those of the database or the user. A lock is waited for
     * somewhat shorter than a statement may take, so that the error says which it was. Plans are made once, for rows found
     * by an index: the planner takes tables that are often empty for short, and would read their dead rows one by one.
     */
    private static final String SETTINGS = "select pg_catalog.set_config('search_path', 'pg_catalog', false),"
            + " pg_catalog.set_config('default_transaction_isolation', 'read committed', false),"
            + " pg_catalog.set_config('statement_timeout', '%1$d', false),"
            + " pg_catalog.set_config('lock_timeout', '%2$d', false),"
            + " pg_catalog.set_config('tcp_user_timeout', '%1$d', false),"
            + " pg_catalog.set_config('jit', 'off', false),"
            + " pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', false),"
            + " pg_catalog.set_config('enable_seqscan', 'off', false),"
            + " pg_catalog.set_config('enable_bitmapscan', 'off', false),"
            + " pg_catalog.set_config('synchronous_commit', case pg_catalog.current_setting('synchronous_commit')"
            + " when 'off' then 'on' else pg_catalog.current_setting('synchronous_commit') end, false)";

    private final Address address;
    private final Failures failures;
    private final Schema schema;
    private volatile boolean outlivesPowerLoss;

    PostgresqlDialect(Address address) {
        this.address = address;
        this.failures = new Failures(address);
        this.schema = new Schema(address);
    }

    @Override
    public String engine() {
        return "postgresql";
    }

    @Override
    public Set<Trait> traits() {
        EnumSet<Trait> traits = EnumSet.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.DISTRIBUTED_ACROSS_PROCESSES,
                Trait.DISTRIBUTED_ACROSS_HOSTS,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.SERIALIZABLE,
                Trait.SAME_VIEW_ACROSS_CLIENTS,
                Trait.DURABLE_ACROSS_CRASH,
                Trait.LEASE_SAFE);
        if (outlivesPowerLoss) {
            traits.add(Trait.DURABLE_ACROSS_POWER_LOSS);
        }
        return Set.copyOf(traits);
    }

    @Override
    public void prepare() throws SQLException {
        try (Connection one = open();
                Connection two = open()) {
            // Before all else: by way of such a pooler, anything may fail in its own way.
            Pooler.refuse(one, two, address);
            schema.prepare(one);
        }
    }

    @Override
    public Link connect() throws SQLException {
        Connection connection = open();
        try {
            PostgresqlLink link = new PostgresqlLink(connection, address);
            link.patience(java.time.Duration.ZERO);
            return link;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.putAll(address.properties());
        Connection connection = new Driver().connect(address.jdbcUrl(), properties);
        if (connection == null) {
            throw new StorageException("Could not read the address " + address + ": write it as in"
                    + " postgresql://user:password@host:5432/database");
        }
        boolean good = false;
        try {
            check(connection);
            good = true;
            return connection;
        } finally {
            if (!good) {
                connection.close();
            }
        }
    }

    private void check(Connection connection) throws SQLException {
        long millis = address.timeout().toMillis();
        int version;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SERVER)) {
            row.next();
            version = row.getInt(2);
            checkVersion(address, row.getString(1), version);
            if (row.getBoolean(3)) {
                throw new StorageException("The server at " + address
                        + " is a read-only replica, which can confirm nothing. Name the primary, or all servers as in"
                        + " host1,host2 to have the primary found");
            }
            if (row.getBoolean(4)) {
                throw new StorageException("The server at " + address + " is set to be read-only for this user or"
                        + " database (default_transaction_read_only). Allow it to write");
            }
            outlivesPowerLoss = row.getBoolean(5);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS.formatted(millis, millis * 3 / 4));
        }
        if (version >= CHECKS_CLIENTS) {
            try (Statement statement = connection.createStatement()) {
                // A client that is gone shall not wait on for a lock.
                statement.execute("set client_connection_check_interval = 1000; set idle_session_timeout = 0");
            } catch (SQLException unsupported) {
                if (!Failures.isUndone(unsupported)) {
                    throw unsupported;
                }
            }
        }
    }

    /**
     * Refuses what is too old, or is another that speaks PostgreSQL's protocol.
     *
     * @param name as the server calls itself
     * @param version its {@code server_version_num}
     */
    static void checkVersion(Address address, String name, int version) {
        if (!name.startsWith("PostgreSQL ") || version < LEAST_VERSION) {
            throw new StorageException("The server at " + address + " is " + name
                    + ": the engine postgresql needs PostgreSQL " + LEAST_VERSION / 10_000 + " or later");
        }
    }

    @Override
    public MusterException failure(SQLException e, String what) {
        return failures.of(e, what);
    }

    @Override
    public boolean isUndone(SQLException e) {
        return Failures.isUndone(e);
    }

    @Override
    public boolean isWiped(SQLException e) {
        return Failures.isWiped(e);
    }
}
