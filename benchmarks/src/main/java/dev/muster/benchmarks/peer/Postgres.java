package dev.muster.benchmarks.peer;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.muster.benchmarks.server.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Connections to a PostgreSQL, and a schema of the benchmark's own in it. */
final class Postgres {

    private static final int CONNECTIONS = 2;

    private Postgres() {}

    /** A small pool, as applications have one: a client needs one connection at a time. */
    static HikariDataSource pool(Server server) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://" + server.address() + "/" + server.database());
        if (!server.user().isEmpty()) {
            config.setUsername(server.user());
        }
        if (!server.password().isEmpty()) {
            config.setPassword(server.password());
        }
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    /** The name of a schema for this namespace, made to suit SQL. */
    static String schema(String namespace, String whose) {
        return (namespace + "_" + whose).replace('-', '_');
    }

    static void execute(Server server, String... statements) throws SQLException {
        try (HikariDataSource pool = pool(server);
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
