package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be measured on a server, by the words of {@code --against}. */
public enum Libraries {
    MUSTER("muster", null) {
        @Override
        public Library open(Server server, Place place) {
            return new MusterLibrary(server, place.namespace());
        }
    },
    CURATOR("curator", Kind.ZOOKEEPER) {
        @Override
        public Library open(Server server, Place place) {
            return new CuratorLibrary(server, place.namespace());
        }
    },
    REDISSON("redisson", Kind.REDIS) {
        @Override
        public Library open(Server server, Place place) {
            return new RedissonLibrary(server, place.namespace(), false);
        }
    },
    REDISSON_FAIR("redisson-fair", Kind.REDIS) {
        @Override
        public Library open(Server server, Place place) {
            return new RedissonLibrary(server, place.namespace(), true);
        }
    },
    JETCD("jetcd", Kind.ETCD) {
        @Override
        public Library open(Server server, Place place) {
            return new JetcdLibrary(server, place.namespace());
        }
    },
    JDBC_LOCK_REGISTRY("jdbc-lock-registry", Kind.POSTGRESQL) {
        @Override
        public Library open(Server server, Place place) throws Exception {
            return new JdbcLocksLibrary(server, place.namespace());
        }
    },
    SHEDLOCK("shedlock", Kind.POSTGRESQL) {
        @Override
        public Library open(Server server, Place place) throws Exception {
            return new ShedLockLibrary(server, place.namespace());
        }
    },
    TOOZ("tooz", null) {
        @Override
        public Library open(Server server, Place place) throws Exception {
            return new ToozLibrary(server, place.namespace(), place.python(), place.folder());
        }
    },
    RAW("raw", null) {
        @Override
        public Library open(Server server, Place place) throws Exception {
            return switch (server.kind()) {
                case REDIS -> new BareRedis(server, place.namespace());
                case POSTGRESQL -> new BarePostgres(server, place.namespace());
                case ETCD -> new BareEtcd(server, place.namespace());
                case ZOOKEEPER -> new BareZooKeeper(server, place.namespace());
            };
        }
    };

    private final String option;
    private final @Nullable Kind only;

    /** @param only the kind of server that it works with; null for any */
    Libraries(String option, @Nullable Kind only) {
        this.option = option;
        this.only = only;
    }

    /**
     * Where a library works.
     *
     * @param namespace apart from all others in the server
     * @param python the interpreter that has tooz
     * @param folder for files
     */
    public record Place(String namespace, String python, Path folder) {}

    /** Opens it: makes what it needs in the server. */
    public abstract Library open(Server server, Place place) throws Exception;

    public String option() {
        return option;
    }

    /** Whether it is a peer: neither ours nor the bare client. */
    public boolean isPeer() {
        return this != MUSTER && this != RAW;
    }

    public boolean goesWith(Kind kind) {
        return only == null || only == kind;
    }

    /**
     * Those to measure on a kind of server: ours, the bare client as the limit, and between them those asked for.
     *
     * @param wanted words of {@code --against}; "all" or none for all
     */
    public static List<Libraries> chosen(Collection<String> wanted, Kind kind) {
        boolean all = wanted.isEmpty() || wanted.contains("all");
        List<Libraries> chosen = new ArrayList<>();
        for (Libraries library : values()) {
            if (library.goesWith(kind) && (!library.isPeer() || all || wanted.contains(library.option))) {
                chosen.add(library);
            }
        }
        return chosen;
    }

    /**
     * Whether a kind of server has something asked for, so that it is to be measured at all.
     *
     * @throws IllegalArgumentException where a word names nothing
     */
    public static boolean concern(Collection<String> wanted, Kind kind) {
        for (String word : wanted) {
            if (!word.equals("all") && Arrays.stream(values()).noneMatch(library -> library.option.equals(word))) {
                throw new IllegalArgumentException("--against knows no '" + word + "': name one of all, "
                        + String.join(
                                ", ",
                                Arrays.stream(values())
                                        .filter(library -> library != MUSTER)
                                        .map(Libraries::option)
                                        .toList()));
            }
        }
        return wanted.isEmpty()
                || wanted.contains("all")
                || Arrays.stream(values())
                        .anyMatch(library -> library.goesWith(kind) && wanted.contains(library.option()));
    }
}
