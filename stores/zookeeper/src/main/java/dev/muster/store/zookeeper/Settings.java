package dev.muster.store.zookeeper;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreUri;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;

/** What a store URI says. */
final class Settings {

    static final Set<String> OPTIONS = Set.of(
            "digest",
            "connect",
            "timeout",
            "tls",
            "truststore",
            "truststore-password",
            "keystore",
            "keystore-password",
            "verify-hostname");

    private static final Duration CONNECT = Duration.ofMillis(4_500);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** What a listing of the largest values of one read may take. */
    private static final int MOST_REPLY_BYTES = 64 << 20;

    private static final Map<String, String> TLS_PROPERTIES = Map.of(
            "truststore", "zookeeper.ssl.trustStore.location",
            "truststore-password", "zookeeper.ssl.trustStore.password",
            "keystore", "zookeeper.ssl.keyStore.location",
            "keystore-password", "zookeeper.ssl.keyStore.password",
            "verify-hostname", "zookeeper.ssl.hostnameVerification");

    private final String hosts;
    private final String path;
    private final Optional<String> digest;
    private final Duration connect;
    private final Duration timeout;
    private final Map<String, String> tls = new TreeMap<>();
    private final boolean secure;

    Settings(StoreUri uri) {
        this.hosts = hosts(uri.authority());
        this.path = path(uri.path());
        this.digest = uri.option("digest");
        if (digest.isPresent() && digest.get().indexOf(':') < 1) {
            throw new InvalidArgument("option 'digest' of the store URI has not the form user:password");
        }
        this.connect = uri.duration("connect").orElse(CONNECT);
        this.timeout = uri.duration("timeout").orElse(TIMEOUT);
        this.secure = flag(uri, "tls");
        TLS_PROPERTIES.forEach((option, property) -> uri.option(option).ifPresent(value -> tls.put(property, value)));
        if (!secure && !tls.isEmpty()) {
            throw new InvalidArgument("the store URI has options of TLS, but not tls=true: add it, or leave them out");
        }
        if (uri.option("verify-hostname").isPresent()) {
            flag(uri, "verify-hostname");
        }
    }

    private static String hosts(String authority) {
        if (authority.indexOf('@') >= 0) {
            throw new InvalidArgument("the store URI holds user information before the hosts: ZooKeeper's users and"
                    + " passwords go into the option 'digest', as in zookeeper://h1,h2/?digest=user:password");
        }
        if (authority.isEmpty()) {
            throw new InvalidArgument(
                    "the store URI names no host: write one or more, as in" + " zookeeper://h1:2181,h2:2181,h3:2181");
        }
        return authority;
    }

    private static String path(String path) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (!trimmed.isEmpty()) {
            try {
                PathUtils.validatePath(trimmed);
            } catch (IllegalArgumentException e) {
                throw new InvalidArgument("the path of the store URI is none of ZooKeeper's", e);
            }
        }
        return trimmed;
    }

    private static boolean flag(StoreUri uri, String option) {
        String value = uri.option(option).orElse("false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new InvalidArgument("option '" + option + "' of the store URI takes true or false");
        }
        return value.equals("true");
    }

    /** The servers, as ZooKeeper's client takes them, without a path. */
    String hosts() {
        return hosts;
    }

    /** The node under which the store lies, and which must exist; empty for the root. */
    String path() {
        return path;
    }

    Layout layout() {
        return new Layout(path + "/muster");
    }

    Optional<String> digest() {
        return digest;
    }

    List<ACL> acl() {
        return digest.isPresent() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    Duration connect() {
        return connect;
    }

    /** How long what is asked for waits for a connection that was lost. */
    Duration timeout() {
        return timeout;
    }

    boolean isSecure() {
        return secure;
    }

    ZKClientConfig clientConfig() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        config.setProperty("jute.maxbuffer", Integer.toString(MOST_REPLY_BYTES));
        if (secure) {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            tls.forEach(config::setProperty);
        }
        return config;
    }

    /** The hosts alone: nothing here is secret. */
    @Override
    public String toString() {
        return "zookeeper://" + hosts + path;
    }
}
