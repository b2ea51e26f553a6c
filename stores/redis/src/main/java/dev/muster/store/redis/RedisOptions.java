package dev.muster.store.redis;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreUri;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * What a store's URI says.
 *
 * @param servers the one server, or the sentinels
 * @param master the name that the sentinels know the primary by; null for a single server
 * @param waitFor how many replicas must confirm what is written
 * @param timeout how long an operation waits for the server
 */
record RedisOptions(
        List<HostAndPort> servers,
        @Nullable String master,
        Account account,
        Account sentinelAccount,
        @Nullable Tls tls,
        @Nullable Tls sentinelTls,
        Keys keys,
        int waitFor,
        Duration timeout) {

    static final Set<String> NAMES = Set.of(
            "ca",
            "cert",
            "db",
            "key",
            "prefix",
            "sentinel-password",
            "sentinel-tls",
            "sentinel-user",
            "timeout",
            "tls",
            "wait");

    static final String SENTINEL = "redis+sentinel";

    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final int MOST_REPLICAS = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");

    /** Who logs in: nobody, a password alone, or a user of the access list. */
    record Account(@Nullable String user, @Nullable String password) {

        @Override
        public String toString() {
            return user == null ? "the default user" : "user " + user;
        }
    }

    boolean isSentinel() {
        return master != null;
    }

    /** How errors call it. */
    String place() {
        String hosts =
                String.join(",", servers.stream().map(HostAndPort::toString).toList());
        return isSentinel() ? "Redis primary '" + master + "' of the sentinels " + hosts : "Redis at " + hosts;
    }

    static RedisOptions parse(StoreUri uri) {
        boolean sentinel = uri.scheme().equals(SENTINEL);
        int at = uri.authority().lastIndexOf('@');
        List<HostAndPort> servers =
                servers(uri.authority().substring(at + 1), sentinel ? SENTINEL_PORT : PORT, sentinel);
        Account account =
                at < 0 ? new Account(null, null) : account(uri.authority().substring(0, at));
        List<String> path = segments(uri.path());
        String master = null;
        if (sentinel) {
            if (path.isEmpty()) {
                throw new InvalidArgument("the store URI names no primary: write the name that the sentinels know it"
                        + " by, as in redis+sentinel://h1:26379,h2:26379/mymaster");
            }
            master = path.remove(0);
        }
        boolean tls = uri.scheme().equals("rediss") || flag(uri, "tls");
        Tls both = tls || flag(uri, "sentinel-tls") ? tls(uri) : null;
        return new RedisOptions(
                servers,
                master,
                account,
                new Account(
                        uri.option("sentinel-user").orElse(null),
                        uri.option("sentinel-password").orElse(null)),
                tls ? both : null,
                flag(uri, "sentinel-tls") ? both : null,
                new Keys(prefix(uri), database(uri, path)),
                uri.option("wait")
                        .map(text -> number("wait", text, MOST_REPLICAS))
                        .orElse(0),
                uri.duration("timeout").orElse(TIMEOUT));
    }

    private static List<HostAndPort> servers(String text, int port, boolean many) {
        List<HostAndPort> servers = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            int colon = one.endsWith("]") ? -1 : one.lastIndexOf(':');
            String host = colon < 0 ? one : one.substring(0, colon);
            String digits = colon < 0 ? String.valueOf(port) : one.substring(colon + 1);
            if (host.isEmpty() || !NUMBER.matcher(digits).matches() || Integer.parseInt(digits) > 65535) {
                throw new InvalidArgument("the store URI names a server that is not of the form host or host:port");
            }
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            servers.add(new HostAndPort(host, Integer.parseInt(digits)));
        }
        if (!many && servers.size() > 1) {
            throw new InvalidArgument("the store URI names " + servers.size() + " servers: one Redis is one server."
                    + " For a primary with replicas name their sentinels, as in"
                    + " redis+sentinel://h1:26379,h2:26379/mymaster");
        }
        return List.copyOf(servers);
    }

    private static Account account(String text) {
        Function<String, String> decode = part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new InvalidArgument("the store URI holds a user or a password alone: write user:password@host, or"
                    + " :password@host for the default user");
        }
        String user = decode.apply(text.substring(0, colon));
        return new Account(user.isEmpty() ? null : user, decode.apply(text.substring(colon + 1)));
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    private static int database(StoreUri uri, List<String> path) {
        if (path.size() > 1 || (path.size() == 1 && uri.option("db").isPresent())) {
            throw new InvalidArgument("the path of the store URI holds more than the number of a database: write"
                    + " redis://host:6379/2, or ?db=2");
        }
        String text = path.isEmpty() ? uri.option("db").orElse("0") : path.get(0);
        return number("db", text, 65535);
    }

    private static int number(String name, String text, int most) {
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > most) {
            throw new InvalidArgument("'" + name + "' of the store URI is no number from 0 to " + most);
        }
        return Integer.parseInt(text);
    }

    private static String prefix(StoreUri uri) {
        String prefix = uri.option("prefix").orElse("muster");
        if (!PREFIX.matcher(prefix).matches()) {
            throw new InvalidArgument(
                    "option 'prefix' of the store URI takes 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'");
        }
        return prefix;
    }

    private static boolean flag(StoreUri uri, String name) {
        String value = uri.option(name).orElse("false");
        if (!Set.of("", "true", "false").contains(value)) {
            throw new InvalidArgument("option '" + name + "' of the store URI takes true or false");
        }
        return !value.equals("false");
    }

    private static Tls tls(StoreUri uri) {
        return Tls.of(
                uri.option("ca").orElse(null),
                uri.option("cert").orElse(null),
                uri.option("key").orElse(null));
    }
}
