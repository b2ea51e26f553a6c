package dev.muster.benchmarks.server;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreUri;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * One server, as every client is told of it.
 *
 * @param user empty for none
 * @param password empty for none
 * @param path of the URL, with its slash: the database, where there are several; may be empty
 * @param settings how durable it is and where it runs, for the reader of a figure
 */
public record Server(Kind kind, String host, int port, String user, String password, String path, String settings) {

    /**
     * The server that the URL of a store names.
     *
     * @throws InvalidArgument where it is of no kind that has peers, or is more than one address
     */
    public static Server at(String url, String settings) {
        StoreUri uri = StoreUri.parse(url);
        Kind kind = Kind.of(uri.scheme())
                .orElseThrow(() -> new InvalidArgument("no peers are known for a store of scheme '" + uri.scheme()
                        + "': name one of redis, postgresql, etcd, zookeeper"));
        if (!uri.options().isEmpty()) {
            throw new InvalidArgument("the URL of a store that is measured beside peers takes no options, since they"
                    + " would count for Muster alone: leave out "
                    + uri.options().keySet());
        }
        int at = uri.authority().lastIndexOf('@');
        String address = uri.authority().substring(at + 1);
        if (address.isEmpty() || address.contains(",") || address.startsWith("[")) {
            throw new InvalidArgument("a comparison takes the URL of one server, as scheme://host:port");
        }
        String[] known = (at < 0 ? "" : uri.authority().substring(0, at)).split(":", 2);
        int colon = address.indexOf(':');
        return new Server(
                kind,
                colon < 0 ? address : address.substring(0, colon),
                colon < 0 ? kind.usualPort() : port(address.substring(colon + 1)),
                decode(known[0]),
                known.length < 2 ? "" : decode(known[1]),
                uri.path(),
                settings);
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InvalidArgument("'" + text + "' is no port of a server");
        }
    }

    /** The same by way of another port of this host. */
    public Server through(int otherPort) {
        return new Server(kind, "127.0.0.1", otherPort, user, password, path, settings);
    }

    /** The same with a user of one's own, where it has none. */
    Server as(String ownUser) {
        return user.isEmpty() ? new Server(kind, host, port, ownUser, password, path, settings) : this;
    }

    public String address() {
        return host + ":" + port;
    }

    /** As that of a store. Holds the password: not to be shown. */
    public String url() {
        return url(kind.engine());
    }

    /** As {@link #url()} with another scheme. */
    public String url(String scheme) {
        String known = password.isEmpty() ? encode(user) : encode(user) + ":" + encode(password);
        return scheme + "://" + (known.isEmpty() ? "" : known + "@") + address() + path;
    }

    /** The name of the database, without the slash. */
    public String database() {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return kind.engine() + " at " + address();
    }
}
