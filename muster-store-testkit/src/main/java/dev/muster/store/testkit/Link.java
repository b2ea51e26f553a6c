package dev.muster.store.testkit;

import dev.muster.store.StoreUri;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way between a client and the server of a store, or the servers of its cluster, so that tests can put a
 * {@link FaultProxy} into it.
 *
 * @param servers where they listen, each {@code host:port}
 * @param urlAt the URL of the same store for a client that reaches the servers at this address ({@code host:port}; of
 *     several, with commas between)
 * @param healing how long a client of this engine may take, without any help, to notice that it no longer hears the server
 *     and to bring its watches up to date; also when a single notification was lost
 * @param notification whether a chunk of what the server sends is a watch's notification and nothing else; null where the
 *     protocol does not allow to lose one and go on
 */
public record Link(
        List<String> servers,
        Function<String, String> urlAt,
        Duration healing,
        @Nullable Predicate<byte[]> notification) {

    private static final Duration HEALING = Duration.ofSeconds(15);
    private static final Pattern ADDRESSES = Pattern.compile(
            "([a-zA-Z0-9+.-]+://(?:[^/?#@]*@)?)([^/?#@:,]+:\\d{1,5}(?:,[^/?#@:,]+:\\d{1,5})*)([/?#].*)?");

    public Link {
        servers = List.copyOf(servers);
    }

    /** A link to one server whose clients heal within 15 s, and whose protocol loses no single notification. */
    public static Link to(String host, int port, UnaryOperator<String> urlAt) {
        return new Link(List.of(host + ":" + port), urlAt, HEALING, null);
    }

    /**
     * As {@link #to}, read from a URL that names the host and port of each server. Only where clients speak with these, and
     * do not learn others from them, as from sentinels.
     */
    public static Link of(String url) {
        Matcher parts = ADDRESSES.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(StoreUri.parse(url)
                    + " does not name host and port of each server: say Link.to(host, port, urlAt)");
        }
        String rest = parts.group(3) == null ? "" : parts.group(3);
        List<String> servers = List.of(parts.group(2).split(",", -1));
        return new Link(servers, address -> parts.group(1) + address + rest, HEALING, null);
    }

    /** Whether {@link #of} can read it. */
    public static boolean isNamedBy(String url) {
        return ADDRESSES.matcher(url).matches();
    }

    /** The same, of clients with this option in the URL. */
    public Link withOption(String name, String value) {
        return new Link(
                servers,
                address -> {
                    String url = urlAt.apply(address);
                    return url + (url.contains("?") ? "&" : "?") + name + "=" + value;
                },
                healing,
                notification);
    }

    /** The same, of an engine that heals within this time. */
    public Link healingWithin(Duration time) {
        return new Link(servers, urlAt, time, notification);
    }

    /** The same, of a protocol whose notifications can vanish one by one. */
    public Link notifyingBy(Predicate<byte[]> chunk) {
        return new Link(servers, urlAt, healing, chunk);
    }
}
