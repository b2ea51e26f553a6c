package dev.muster.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a store is: {@code scheme://authority/path?option=value}. User, password, path and option values are
 * percent-decoded.
 */
public final class StoreUri {

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final String scheme;
    private final String authority;
    private final String path;
    private final Map<String, String> options;

    private StoreUri(String scheme, String authority, String path, Map<String, String> options) {
        this.scheme = scheme;
        this.authority = authority;
        this.path = path;
        this.options = Collections.unmodifiableMap(options);
    }

    /**
     * Reads a URI.
     *
     * @throws InvalidArgument where the text is none that names a store
     */
    public static StoreUri parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidArgument("store URI has not the form scheme://authority/path?option=value, for instance"
                    + " file:///var/lib/app/muster");
        }
        String authority = matcher.group(2) == null ? "" : matcher.group(2);
        Map<String, String> options = new LinkedHashMap<>();
        String query = matcher.group(4) == null ? "" : matcher.group(4);
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (options.put(name, value) != null) {
                throw new InvalidArgument("store URI names the option '" + name + "' twice: once is allowed");
            }
        }
        return new StoreUri(matcher.group(1).toLowerCase(Locale.ROOT), authority, decode(matcher.group(3)), options);
    }

    public String scheme() {
        return scheme;
    }

    /** What stands between "//" and the path, undecoded: user information, hosts, ports. */
    public String authority() {
        return authority;
    }

    public String path() {
        return path;
    }

    public Map<String, String> options() {
        return options;
    }

    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /**
     * An option that is a duration: a whole number and a unit, as in 500ms, 5s, 2m, 1h.
     *
     * @throws InvalidArgument where it is not, or is zero
     */
    public Optional<Duration> duration(String name) {
        return option(name).map(value -> {
            Matcher matcher = DURATION.matcher(value);
            long number = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
            if (number == 0) {
                throw new InvalidArgument("option '" + name + "' of the store URI is no duration above zero: write a"
                        + " number and a unit, as in 500ms, 5s or 2m");
            }
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        });
    }

    Store open() {
        Set<String> known = new TreeSet<>();
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                checkOptions(provider);
                return provider.open(this);
            }
            known.addAll(provider.schemes());
        }
        throw new InvalidArgument("no engine for the scheme '" + scheme + "' is on the class path. Known here: "
                + String.join(", ", known) + ". Add the module of the engine, for instance muster-file.");
    }

    private void checkOptions(StoreProvider provider) {
        List<String> unknown = new ArrayList<>(options.keySet());
        unknown.removeAll(provider.options());
        if (!unknown.isEmpty()) {
            throw new InvalidArgument("the store URI has options that " + scheme + " does not know: "
                    + String.join(", ", unknown) + ". Known: "
                    + (provider.options().isEmpty() ? "none" : String.join(", ", new TreeSet<>(provider.options()))));
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidArgument("store URI holds a broken percent escape", e);
        }
    }

    /** For people and logs: without user information and option values, which may be secret. */
    @Override
    public String toString() {
        String hosts = authority.substring(authority.lastIndexOf('@') + 1);
        String names = options.isEmpty() ? "" : "?" + String.join("&", options.keySet());
        return scheme + "://" + hosts + path + names;
    }
}
