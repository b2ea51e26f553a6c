package dev.muster.store.postgresql;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an error of PostgreSQL, or of the way to it, means to the caller, and what to do about it. */
final class Failures {

    /** Errors that the server answers instead of a result, having undone the statement, by the class of their code. */
    private static final Set<String> UNDONE =
            Set.of("0A", "21", "22", "23", "25", "26", "34", "3D", "3F", "40", "42", "53", "54", "55", "MU", "P0");

    private static final String CANCELLED = "57014";
    private static final Set<String> LAST_WORDS = Set.of("FATAL", "PANIC");

    private final Address address;

    Failures(Address address) {
        this.address = address;
    }

    static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /**
     * Whether the server has answered that the statement had no effect. One that breaks off with its last words, as where
     * there is no room for its log, cannot tell: what it was about to commit may be there when it has recovered.
     */
    static boolean isUndone(SQLException e) {
        String state = state(e);
        return e instanceof PSQLException known
                && known.getServerErrorMessage() != null
                && !isLastWord(known, known.getServerErrorMessage())
                && (state.equals(CANCELLED) || (state.length() == 5 && UNDONE.contains(state.substring(0, 2))));
    }

    /** The severity is told in the server's language; the driver finds the connection to be closed besides. */
    private static boolean isLastWord(PSQLException e, ServerErrorMessage answer) {
        SQLException next = e.getNextException();
        return LAST_WORDS.contains(String.valueOf(answer.getSeverity()))
                || (next != null && state(next).startsWith("08"));
    }

    /** Whether tables or functions are gone. */
    static boolean isWiped(SQLException e) {
        return Set.of("42P01", "42883", "3F000").contains(state(e));
    }

    /** @param what completes the sentence "could not …" */
    MusterException of(SQLException e, String what) {
        String state = state(e);
        String text = "Could not " + what + " at " + address + ": ";
        String reason = " (PostgreSQL: " + reason(e) + ")";
        return switch (state) {
            case "28P01", "28000" ->
                new StorageException(
                        text + "the server does not let this user in. Check user, password and pg_hba.conf" + reason,
                        e);
            case "3D000" -> new StorageException(text + "there is no such database. Create it" + reason, e);
            case "42501" ->
                new StorageException(
                        text + "this user may not do that. Grant it the right to create " + address.names()
                                + ", or to use what is there" + reason,
                        e);
            case "25006" ->
                new StorageException(
                        text + "the server is a read-only replica, or set to be read-only. Name the primary" + reason,
                        e);
            case "53100" ->
                new StorageException(
                        text + "its disk is full. Nothing was changed: make room, then try again" + reason, e);
            case "53300" ->
                new ConnectionException(
                        text + "it has no connection left. Raise max_connections, or use fewer (option connections)"
                                + reason,
                        e);
            case "57P03" -> new ConnectionException(text + "it is starting up or shutting down" + reason, e);
            case "55P03" ->
                new TimeoutException(text + "others held the directory for too long. Nothing was changed" + reason, e);
            case CANCELLED -> new TimeoutException(text + "it took too long. Nothing was changed" + reason, e);
            case "42P07", "42710", "42723" ->
                new StorageException(
                        text + address.names() + " holds things of these names that are not Muster's. Choose another"
                                + " schema or prefix" + reason,
                        e);
            // By turns with other clients, whose prepared statements are taken for ours.
            case "26000", "42P05" -> Pooler.refusal(address, e);
            default -> byClass(e, state, text, reason);
        };
    }

    private static MusterException byClass(SQLException e, String state, String text, String reason) {
        if (state.startsWith("40")) {
            return new TimeoutException(text + "it gave way to others. Nothing was changed: try again" + reason, e);
        }
        if (isWiped(e)) {
            return new ConnectionException(text + "its tables are gone. They are made anew soon" + reason, e);
        }
        if (isUndone(e) || state.startsWith("58") || state.startsWith("XX")) {
            return new StorageException(text + "the database refused. Look at the server's log" + reason, e);
        }
        if (isTls(e)) {
            return new StorageException(
                    text + "no agreement on TLS. Check sslmode, sslrootcert and the server's certificate" + reason, e);
        }
        return new ConnectionException(text + "check that the server is up and can be reached" + reason, e);
    }

    private static boolean isTls(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof javax.net.ssl.SSLException
                    || cause instanceof java.security.GeneralSecurityException
                    || String.valueOf(cause.getMessage()).contains("SSL")) {
                return true;
            }
        }
        return false;
    }

    private static String reason(SQLException e) {
        String message = e instanceof PSQLException known && known.getServerErrorMessage() != null
                ? known.getServerErrorMessage().getMessage()
                : e.getMessage();
        return (message == null
                        ? "no reason given"
                        : message.lines().findFirst().orElse("")) + ", " + state(e);
    }
}
