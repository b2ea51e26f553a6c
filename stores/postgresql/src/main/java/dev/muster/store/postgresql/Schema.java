package dev.muster.store.postgresql;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.regex.Pattern;

/** The tables and functions of a store. They are made together, in one transaction, by one client at a time. */
final class Schema {

    /** Rises with each change of schema.sql. */
    static final int FORMAT = 3;

    private static final String APPLICATION = "dev.muster";
    private static final Pattern END_OF_STATEMENT = Pattern.compile("(?m)^--$");

    private final Address address;
    private final TableNames names;

    Schema(Address address) {
        this.address = address;
        this.names = address.names();
    }

    /** Checks what there is, and makes it where there is nothing. */
    void prepare(Connection connection) throws SQLException {
        if (!exists(connection)) {
            create(connection);
        }
        check(connection);
    }

    /** Reads the catalog's table: to_regclass would answer from a cache what was so before the lock was waited for. */
    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select exists (select 1 from pg_catalog.pg_class c"
                        + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?)")) {
            statement.setString(1, names.schema());
            statement.setString(2, names.prefix() + "store");
            return isTrue(statement);
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_catalog.pg_advisory_xact_lock(" + names.lock() + ")");
            // Unless another client has made them in the meantime.
            if (!exists(connection)) {
                if (!schemaExists(connection)) {
                    statement.execute("create schema \"" + names.schema() + "\"");
                }
                for (String part : END_OF_STATEMENT.split(text(), -1)) {
                    statement.execute(names.in(part));
                }
                statement.execute(
                        names.in("insert into {store} (one, application, format, identity, floor) values (true," + " '"
                                + APPLICATION + "', " + FORMAT + ", '" + UUID.randomUUID() + "', {now}())"));
            }
            connection.commit();
            done = true;
        } finally {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    private boolean schemaExists(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select exists (select 1 from pg_catalog.pg_namespace where nspname = ?)")) {
            statement.setString(1, names.schema());
            return isTrue(statement);
        }
    }

    private void check(Connection connection) throws SQLException {
        int format = -1;
        String application = "";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(names.in("select application, format from {store}"))) {
            if (row.next()) {
                application = row.getString(1);
                format = row.getInt(2);
            }
        } catch (SQLException e) {
            if (!Failures.state(e).equals("42703")) {
                throw e;
            }
            application = "another application";
        }
        if (!application.equals(APPLICATION)) {
            throw new StorageException("The tables in " + names + " at " + address
                    + " are not Muster's: choose another schema or prefix (options schema and prefix)");
        }
        if (format != FORMAT) {
            throw new StorageException("The store in " + names + " at " + address + " has the format " + format
                    + ", and this version of Muster knows format " + FORMAT
                    + ": use the newest version that any process here uses");
        }
    }

    private static String text() {
        try (InputStream in = Schema.class.getResourceAsStream("schema.sql")) {
            if (in == null) {
                throw new IllegalStateException("schema.sql is missing from the jar of muster-postgresql");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read schema.sql", e);
        }
    }
}
