package dev.muster.coordination.testkit.faults;

import java.time.Duration;

/**
 * What the processes of one run want.
 *
 * @param leads whether they stand for an election; else they want a lock
 * @param fenced whether their writes carry their token; without it the checker must find stale ones
 */
record FaultSetup(String namespace, Duration lease, boolean leads, boolean fenced) {

    String[] arguments(String url, String member) {
        return new String[] {
            namespace, Long.toString(lease.toMillis()), Boolean.toString(leads), Boolean.toString(fenced), url, member
        };
    }

    /** The url and the member's id, which follow, are for the caller. */
    static FaultSetup parse(String[] arguments) {
        return new FaultSetup(
                arguments[0],
                Duration.ofMillis(Long.parseLong(arguments[1])),
                Boolean.parseBoolean(arguments[2]),
                Boolean.parseBoolean(arguments[3]));
    }

    static String url(String[] arguments) {
        return arguments[4];
    }

    static String member(String[] arguments) {
        return arguments[5];
    }

    /** The directory that owners write to. */
    String target() {
        return namespace + "/target";
    }
}
