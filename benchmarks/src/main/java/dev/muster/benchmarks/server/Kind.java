package dev.muster.benchmarks.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of servers that a team operates. */
public enum Kind {
    REDIS(6379),
    POSTGRESQL(5432),
    ETCD(2379),
    ZOOKEEPER(2181);

    private final int usualPort;

    Kind(int usualPort) {
        this.usualPort = usualPort;
    }

    /** The name of the engine, which is the scheme of its URL too. */
    public String engine() {
        return name().toLowerCase(Locale.ROOT);
    }

    int usualPort() {
        return usualPort;
    }

    static Optional<Kind> of(String scheme) {
        return Arrays.stream(values())
                .filter(kind -> kind.engine().equals(scheme))
                .findFirst();
    }
}
