package dev.muster.store.etcd;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreUri;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a store URI says.
 *
 * @param prefix what all keys begin with, without a slash at either end
 * @param timeout how long an operation tries
 * @param tls whether connections are encrypted
 * @param ca certificates to trust (PEM), or null for those that Java trusts
 * @param certificate that this client shows (PEM), with its key (PEM, PKCS#8), or null
 */
record Settings(
        List<Address> servers,
        String prefix,
        @Nullable String user,
        @Nullable String password,
        Duration timeout,
        boolean tls,
        @Nullable Path ca,
        @Nullable Path certificate,
        @Nullable Path key) {

    static final Set<String> OPTIONS = Set.of("tls", "ca", "cert", "key", "timeout");

    private static final int DEFAULT_PORT = 2379;
    private static final String DEFAULT_PREFIX = "muster";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    /** Where a server listens for clients. */
    record Address(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    static Settings of(StoreUri uri) {
        String authority = uri.authority();
        int at = authority.lastIndexOf('@');
        String user = null;
        String password = null;
        if (at >= 0) {
            String information = authority.substring(0, at);
            int colon = information.indexOf(':');
            user = decoded(colon < 0 ? information : information.substring(0, colon));
            password = colon < 0 ? "" : decoded(information.substring(colon + 1));
        }
        String prefix = uri.path().replaceAll("^/+|/+$", "");
        Path ca = file(uri, "ca");
        Path certificate = file(uri, "cert");
        Path key = file(uri, "key");
        if ((certificate == null) != (key == null)) {
            throw new InvalidArgument(
                    "the store URI has one of the options 'cert' and 'key': a client certificate" + " needs both");
        }
        boolean tls = uri.option("tls").map(Settings::flag).orElse(ca != null || certificate != null);
        if (!tls && (ca != null || certificate != null)) {
            throw new InvalidArgument("the store URI has certificates and tls=false: leave out one of them");
        }
        return new Settings(
                addresses(authority.substring(at + 1)),
                prefix.isEmpty() ? DEFAULT_PREFIX : prefix,
                user,
                password,
                uri.duration("timeout").orElse(DEFAULT_TIMEOUT),
                tls,
                ca,
                certificate,
                key);
    }

    private static List<Address> addresses(String hosts) {
        List<Address> addresses = new ArrayList<>();
        for (String host : hosts.split(",", -1)) {
            int colon = host.lastIndexOf(':');
            boolean hasPort = colon > host.lastIndexOf(']');
            String name = hasPort ? host.substring(0, colon) : host;
            if (name.startsWith("[") && name.endsWith("]")) {
                name = name.substring(1, name.length() - 1);
            }
            int port = hasPort ? port(host.substring(colon + 1)) : DEFAULT_PORT;
            if (name.isEmpty()) {
                throw new InvalidArgument(
                        "the store URI names no server: write etcd://HOST:PORT, or several with commas"
                                + " between them");
            }
            addresses.add(new Address(name, port));
        }
        return List.copyOf(addresses);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new InvalidArgument("the store URI has a port that is no number", e);
        }
        throw new InvalidArgument("the store URI has a port that is not between 1 and 65535");
    }

    private static boolean flag(String value) {
        return switch (value) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw new InvalidArgument("option 'tls' of the store URI is true or false");
        };
    }

    private static @Nullable Path file(StoreUri uri, String option) {
        Optional<String> value = uri.option(option);
        if (value.isEmpty()) {
            return null;
        }
        Path file = Path.of(value.get());
        if (!Files.isReadable(file)) {
            throw new InvalidArgument("option '" + option + "' of the store URI names a file that cannot be read: "
                    + file + " (PEM is expected)");
        }
        return file;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument("the store URI holds a broken percent escape before '@'");
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "etcd://"
                + String.join(",", servers.stream().map(Address::toString).toList()) + "/" + prefix;
    }
}
