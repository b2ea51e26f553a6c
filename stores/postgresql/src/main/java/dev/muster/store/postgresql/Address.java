package dev.muster.store.postgresql;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreUri;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Where a store is and how to get there.
 *
 * @param shown for people and logs: without secrets
 * @param jdbcUrl without user and password, which are among the properties
 * @param names of the store's tables
 * @param timeout how long a statement may take
 */
record Address(String shown, String jdbcUrl, Properties properties, TableNames names, Duration timeout) {

    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

    static Address of(StoreUri uri, Duration timeout) {
        String authority = uri.authority();
        int at = authority.lastIndexOf('@');
        String hosts = authority.substring(at + 1);
        String database = uri.path().startsWith("/") ? uri.path().substring(1) : uri.path();
        if (hosts.isEmpty() || database.isEmpty() || database.contains("/")) {
            throw new InvalidArgument("the store URI names no host or no database: write both, as in"
                    + " postgresql://user:password@host:5432/database");
        }
        Properties properties = new Properties();
        if (at >= 0) {
            String userInfo = authority.substring(0, at);
            int colon = userInfo.indexOf(':');
            properties.setProperty("user", decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
            if (colon >= 0) {
                properties.setProperty("password", decode(userInfo.substring(colon + 1)));
            }
        }
        addSsl(uri, properties);
        properties.setProperty("ApplicationName", "muster");
        properties.setProperty("connectTimeout", "3");
        // Of logging in; later each connection sets its own.
        properties.setProperty("socketTimeout", "4");
        // Of all attempts together, with TLS and without.
        properties.setProperty("loginTimeout", "4");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("gssEncMode", "disable");
        PromptSockets.use(properties);
        if (hosts.contains(",")) {
            properties.setProperty("targetServerType", "primary");
            properties.setProperty("hostRecheckSeconds", "1");
        }
        String url = "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
        String shown = "postgresql://" + hosts + "/" + database;
        TableNames names = new TableNames(identifier(uri, "schema", "muster"), identifier(uri, "prefix", ""));
        return new Address(shown, url, properties, names, timeout);
    }

    private static void addSsl(StoreUri uri, Properties properties) {
        // The driver by itself would take what it gets: an authority that is named would not be asked.
        String otherwise = uri.option("sslrootcert").isPresent()
                ? "verify-full"
                : uri.option("sslcert").isPresent() ? "require" : "prefer";
        String mode = uri.option("sslmode").orElse(otherwise);
        if (!SSL_MODES.contains(mode)) {
            throw new InvalidArgument("option 'sslmode' of the store URI is none of " + String.join(", ", SSL_MODES));
        }
        properties.setProperty("sslmode", mode);
        for (String file : List.of("sslrootcert", "sslcert", "sslkey")) {
            uri.option(file).ifPresent(path -> {
                if (!Files.isReadable(Path.of(path))) {
                    throw new InvalidArgument("option '" + file + "' of the store URI names no file that can be read");
                }
                properties.setProperty(file, path);
            });
        }
    }

    private static String identifier(StoreUri uri, String option, String otherwise) {
        String name = uri.option(option).orElse(otherwise);
        if (!name.equals(otherwise) && !IDENTIFIER.matcher(name).matches()) {
            throw new InvalidArgument("option '" + option + "' of the store URI is no plain name: it takes up to 40 of"
                    + " a-z, 0-9 and _, no digit first");
        }
        return name;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument("store URI holds a broken percent escape", e);
        }
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
