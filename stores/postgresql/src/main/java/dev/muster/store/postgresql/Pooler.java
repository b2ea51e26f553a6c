package dev.muster.store.postgresql;

import dev.muster.store.StorageException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Finds out whether something between client and server lends one server connection to several clients by turns, as a
 * pooler in transaction mode does: then what is set on a connection or listened for there is lost.
 */
final class Pooler {

    private static final long ECHO = 1_500_000_000L;

    private Pooler() {}

    static void refuse(Connection one, Connection two, Address address) throws SQLException {
        int first = backend(one);
        int second = backend(two);
        if (first == second || first != backend(one) || second != backend(two) || !hears(one, two)) {
            throw refusal(address, null);
        }
    }

    static StorageException refusal(Address address, @Nullable SQLException cause) {
        return new StorageException(
                "The way to " + address + " leads through a pooler that shares server connections between clients"
                        + " (transaction or statement mode): sessions and watches cannot work there. Connect to the"
                        + " server itself, or have the pooler give each client a connection of its own (session mode)",
                cause);
    }

    private static int backend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static boolean hears(Connection listener, Connection speaker) throws SQLException {
        String channel = "muster_echo_" + UUID.randomUUID().toString().replace('-', '_');
        try (Statement statement = listener.createStatement()) {
            statement.execute("listen " + channel);
            try (Statement said = speaker.createStatement()) {
                said.execute("notify " + channel);
            }
            long until = System.nanoTime() + ECHO;
            while (until - System.nanoTime() > 0) {
                for (PGNotification heard : listener.unwrap(PGConnection.class).getNotifications(50)) {
                    if (heard.getName().equals(channel)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
