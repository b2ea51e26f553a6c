package dev.muster.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;

/**
 * Starts real servers as the tests do, prints the URL of a store on them, and ends them at the end of its input. The one
 * argument is a {@link Topology} in small letters; without one, all are listed.
 */
public final class Serve {

    /** Exit status where the machine has not what it takes. */
    private static final int MISSING = 3;

    private Serve() {}

    /** Servers that belong together. */
    enum Topology {
        ZOOKEEPER {
            @Override
            String start() {
                return ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN).url();
            }
        },
        ZOOKEEPER_ENSEMBLE {
            @Override
            String start() {
                return ZooKeeperEnsemble.start(ZooKeeperServer.Release.DEBIAN).url();
            }
        },
        ETCD {
            @Override
            String start() {
                return EtcdServer.start(EtcdRelease.INSTALLED).url();
            }
        },
        ETCD_CLUSTER {
            @Override
            String start() {
                return EtcdCluster.start(EtcdRelease.INSTALLED).url();
            }
        },
        ETCD_CLUSTER_RECENT {
            @Override
            String start() {
                return EtcdCluster.start(EtcdRelease.RECENT).url();
            }
        },
        REDIS {
            @Override
            String start() {
                return RedisServer.start().url();
            }
        },
        REDIS_DURABLE {
            @Override
            String start() {
                return RedisServer.start("--appendfsync", "always").url();
            }
        },
        REDIS_SENTINELS {
            @Override
            String start() {
                return RedisSentinels.start().url();
            }
        },
        POSTGRESQL {
            @Override
            String start() {
                return PostgresServer.start("max_connections=300").url();
            }
        };

        /** Starts them, and answers their address as that of a store. */
        abstract String start();

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            System.out.println(words());
            return;
        }
        Topology wanted = Arrays.stream(Topology.values())
                .filter(one -> one.word().equals(arguments[0]))
                .findFirst()
                .orElse(null);
        if (wanted == null) {
            System.err.println("no servers are called " + arguments[0] + "; known: " + words());
            System.exit(2);
            return;
        }
        try {
            System.out.println(wanted.start());
        } catch (TestAbortedException e) {
            // Printed where it was found out.
            System.exit(MISSING);
        }
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    private static String words() {
        return Arrays.stream(Topology.values()).map(Topology::word).collect(Collectors.joining(" "));
    }
}
