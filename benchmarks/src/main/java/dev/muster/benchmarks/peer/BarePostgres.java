package dev.muster.benchmarks.peer;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.benchmarks.server.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.Driver;

/** A row updated by its key and committed, by a prepared statement on a connection of its own. */
final class BarePostgres extends BareLibrary {

    private final Server server;
    private final String schema;

    BarePostgres(Server server, String namespace) throws SQLException {
        this.server = server;
        this.schema = Postgres.schema(namespace, "raw");
        Postgres.execute(
                server,
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + schema + ".bare (key VARCHAR(64) PRIMARY KEY, value BYTEA NOT NULL)");
    }

    @Override
    public String name() {
        return "bare UPDATE";
    }

    @Override
    public String note() {
        return Versions.named("pgJDBC", Driver.class);
    }

    @Override
    public Client connect(Server from, String id) throws SQLException {
        HikariDataSource pool = Postgres.pool(from);
        Connection connection = pool.getConnection();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + schema + ".bare (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, id);
            insert.setBytes(2, BareClient.VALUE);
            insert.executeUpdate();
        }
        PreparedStatement update =
                connection.prepareStatement("UPDATE " + schema + ".bare SET value = ? WHERE key = ?");
        update.setBytes(1, BareClient.VALUE);
        update.setString(2, id);
        return new BareClient(
                () -> {
                    update.close();
                    connection.close();
                    pool.close();
                },
                update::executeUpdate);
    }

    @Override
    public void close() throws SQLException {
        Postgres.execute(server, "DROP SCHEMA " + schema + " CASCADE");
    }
}
