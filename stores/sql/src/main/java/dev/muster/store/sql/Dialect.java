package dev.muster.store.sql;

import dev.muster.store.MusterException;
import dev.muster.store.Trait;
import java.sql.SQLException;
import java.util.Set;

/** One kind of database: how to reach it and what its errors mean. Thread-safe. */
public interface Dialect {

    /** The scheme of the engine. */
    String engine();

    /** What the store in this database promises; asked after it was prepared. */
    Set<Trait> traits();

    /**
     * Sees to it that the database can serve, and makes the tables if they are not there. Many processes may do so at
     * the same time.
     *
     * @throws MusterException where it cannot be reached, or cannot serve: wrong password, version, rights, role
     * @throws SQLException for {@link #failure} to read
     */
    void prepare() throws SQLException;

    /** Opens a connection; takes a few seconds at most. Errors as of {@link #prepare}. */
    Link connect() throws SQLException;

    /**
     * What an error means to the caller.
     *
     * @param what completes the sentence "could not …"
     */
    MusterException failure(SQLException e, String what);

    /** Whether the error says that the statement had no effect, as the server has answered that it undid it. */
    boolean isUndone(SQLException e);

    /** Whether the error says that the store's tables or functions are not there any more. */
    boolean isWiped(SQLException e);
}
