package dev.muster.store.testkit;

import dev.muster.store.StoreUri;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way between a client and the one server of a store, so that tests can put a {@link FaultProxy} into it.
 *
 * @param host where the server listens
 * @param port where the server listens
 * @param urlAt the URL of the same store for a client that reaches the server at this address ({@code host:port})
 * @param healing how long a client of this engine may take, without any help, to notice that it no longer hears the server
 *     and to bring its watches up to date; also when a single notification was lost
 * @param notification whether a chunk of what the server sends is a watch's notification and nothing else; null where the
 *     protocol does not allow to lose one and go on
 */
public record Link(
        String host,
        int port,
        Function<String, String> urlAt,
        Duration healing,
        @Nullable Predicate<byte[]> notification) {

    private static final Duration HEALING = Duration.ofSeconds(15);
    private static final Pattern ONE_ADDRESS =
            Pattern.compile("([a-zA-Z0-9+.-]+://(?:[^/?#@]*@)?)([^/?#@:,]+):(\\d+)([/?#].*)?");

    /** A link whose clients heal within 15 s, and whose protocol loses no single notification. */
    public static Link to(String host, int port, Function<String, String> urlAt) {
        return new Link(host, port, urlAt, HEALING, null);
    }

    /**
     * As {@link #to}, read from a URL that names one host and port. Only where that is the server that is spoken with, and
     * not one that is asked for others, as a sentinel is.
     */
    public static Link of(String url) {
        Matcher parts = ONE_ADDRESS.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    StoreUri.parse(url) + " does not name one host and port: say Link.to(host, port, urlAt)");
        }
        String rest = parts.group(4) == null ? "" : parts.group(4);
        return to(parts.group(2), Integer.parseInt(parts.group(3)), address -> parts.group(1) + address + rest);
    }

    /** The same, of an engine that heals within this time. */
    public Link healingWithin(Duration time) {
        return new Link(host, port, urlAt, time, notification);
    }

    /** The same, of a protocol whose notifications can vanish one by one. */
    public Link notifyingBy(Predicate<byte[]> chunk) {
        return new Link(host, port, urlAt, healing, chunk);
    }
}
