package dev.muster.store.postgresql;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Session;
import dev.muster.store.testkit.Patience;
import java.util.UUID;
import java.util.regex.Pattern;

/** Ends sessions as another client does that finds them overdue. */
final class Expiry {

    private static final Pattern UUID_TEXT = Pattern.compile("(.{8})(.{4})(.{4})(.{4})(.{12})");

    private Expiry() {}

    /** Its number in the database. */
    static UUID uuid(Session session) {
        return UUID.fromString(UUID_TEXT.matcher(session.id()).replaceAll("$1-$2-$3-$4-$5"));
    }

    static boolean end(PostgresServer server, Session session) {
        boolean ended = server.sql("select muster.\"end\"('" + uuid(session) + "', false)")
                .equals("t");
        // Its client finds out with the next heartbeat; one that dies of old age finds out by its own clock before.
        Patience.await("a client notices the end of its session")
                .until(() -> session.state().isFinal());
        return ended;
    }
}
