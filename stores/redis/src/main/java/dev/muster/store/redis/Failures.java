package dev.muster.store.redis;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/** Says what the errors of Redis and of its connections mean for a store. */
final class Failures {

    private Failures() {}

    /** What becomes of a command that Redis refused with an error; in all cases it did nothing. */
    enum Refusal {
        /** This server is not, or not yet, the one to ask: connect anew, and send it again. */
        ELSEWHERE,
        /** It will not do it. */
        FINAL
    }

    static Refusal refusal(JedisDataException error) {
        String text = message(error);
        for (String kind : new String[] {"NOSCRIPT", "READONLY", "LOADING", "MASTERDOWN", "NOAUTH", "UNBLOCKED"}) {
            if (text.startsWith(kind) || text.contains("-" + kind)) {
                return Refusal.ELSEWHERE;
            }
        }
        return Refusal.FINAL;
    }

    /** The error of a command that did nothing. */
    static MusterException refused(RedisOptions options, JedisDataException error) {
        String text = message(error);
        String place = options.place();
        if (text.contains("OOM ")) {
            return new StorageException(
                    place + " is full: its 'maxmemory' is reached. Nothing was applied. Free memory there, or raise"
                            + " 'maxmemory'; commits that only delete still go through.",
                    error);
        }
        if (text.contains("MISCONF")) {
            return new StorageException(
                    place + " takes no writes, since it cannot save its data. Nothing was applied. See its log.",
                    error);
        }
        if (refusal(error) == Refusal.ELSEWHERE && !text.startsWith("NOAUTH")) {
            return new ConnectionException(
                    place + " does not serve at present (" + text + "). Nothing was applied: try again later.", error);
        }
        if (text.contains("NOREPLICAS")) {
            return new ConnectionException(
                    place + " takes no writes, since it has fewer replicas than its 'min-replicas-to-write' asks for."
                            + " Nothing was applied.",
                    error);
        }
        if (text.contains("BUSY ")) {
            return new ConnectionException(
                    place + " is busy with another script. Nothing was applied: try again later.", error);
        }
        if (text.contains("CLUSTERDOWN")) {
            return new ConnectionException(
                    place + " is part of a cluster that is down. Nothing was applied: try again later.", error);
        }
        if (text.contains("MOVED ")) {
            return new StorageException(
                    place + " is a node of a Redis Cluster that does not hold this store, which lives in one hash slot:"
                            + " name " + text.substring(text.lastIndexOf(' ') + 1) + " in the store URI, which does",
                    error);
        }
        if (text.startsWith("ASK ")) {
            return new ConnectionException(
                    place + " is a node of a Redis Cluster that is handing the store over to "
                            + text.substring(text.lastIndexOf(' ') + 1) + ". Nothing was applied: try again later.",
                    error);
        }
        if (text.contains("NOPERM") || text.contains("can't ")) {
            return new StorageException(
                    place + " does not let " + options.account() + " do what the store needs (" + text
                            + "). Allow it the commands that the page of the redis engine lists, on keys and channels '"
                            + options.keys().pattern() + "'.",
                    error);
        }
        if (text.contains("WRONGTYPE")) {
            return new StorageException(
                    place + " holds keys '" + options.keys().pattern() + "' in database "
                            + options.keys().database()
                            + " that are none of Muster's. Choose another 'prefix' in the store URI.",
                    error);
        }
        return new StorageException(place + " refused a command: " + text, error);
    }

    /** Why it could not be logged in. */
    static MusterException login(RedisOptions options, RedisOptions.Account account, JedisDataException error) {
        String text = message(error);
        if (text.startsWith("WRONGPASS") || text.contains("invalid password")) {
            return new StorageException(
                    options.place() + " does not accept the password of " + account
                            + ". Check user and password in the store URI.",
                    error);
        }
        if (text.startsWith("NOAUTH")) {
            return new StorageException(
                    options.place() + " wants a password: write redis://user:password@host, or redis://:password@host"
                            + " for the default user",
                    error);
        }
        if (text.contains("without any password configured")) {
            return new StorageException(
                    options.place() + " has no password set for " + account
                            + ", but the store URI names one: leave it out, or set it there",
                    error);
        }
        if (text.contains("DB index")) {
            return new StorageException(
                    options.place() + " has no database number "
                            + options.keys().database() + ": choose another one in the store URI",
                    error);
        }
        return refused(options, error);
    }

    /** Why a sentinel does not say where the primary is. */
    static MusterException sentinelLogin(HostAndPort sentinel, RedisOptions.Account account, JedisDataException error) {
        String text = message(error);
        String why = text.startsWith("NOAUTH")
                ? " wants a password: give it by 'sentinel-password' in the store URI, and the user by 'sentinel-user'"
                : text.startsWith("WRONGPASS") || text.contains("invalid password")
                        ? " does not accept the password of " + account
                                + ". Check 'sentinel-user' and 'sentinel-password' in the store URI."
                        : text.startsWith("NOPERM")
                                ? " does not let " + account
                                        + " ask where the primary is: allow it +sentinel|get-master-addr-by-name"
                                : " refused to say where the primary is: " + text;
        return new StorageException("the sentinel " + sentinel + why, error);
    }

    /** Why there is no connection. */
    static MusterException connection(String place, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return new ConnectionException(
                        place + " could not be connected to with TLS (" + text(cause)
                                + "). Check that it speaks TLS on that port, and the option 'ca' of the store URI.",
                        error);
            }
        }
        return new ConnectionException(
                place + " could not be reached (" + text(root(error))
                        + "). Check that it runs and that host and port are right.",
                error);
    }

    /** Whether trying to connect again cannot help. */
    static boolean isFinal(MusterException failure) {
        return failure.retry() == MusterException.Retry.NEVER;
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String message(JedisDataException error) {
        @Nullable String text = error.getMessage();
        return text == null ? "" : text;
    }
}
