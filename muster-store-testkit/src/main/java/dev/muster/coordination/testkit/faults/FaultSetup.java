package dev.muster.coordination.testkit.faults;

import java.time.Duration;

/**
 * What the processes of one run want.
 *
 * @param leads whether they stand for an election; else they want a lock
 * @param fenced whether their writes carry their token; without it the checker must find stale ones
 */
record FaultSetup(String url, String namespace, Duration lease, boolean leads, boolean fenced) {

    /** The place of the member's id in the arguments. */
    static final int MEMBER = 5;

    String[] arguments(String member) {
        return new String[] {
            url, namespace, Long.toString(lease.toMillis()), Boolean.toString(leads), Boolean.toString(fenced), member
        };
    }

    static FaultSetup parse(String[] arguments) {
        return new FaultSetup(
                arguments[0],
                arguments[1],
                Duration.ofMillis(Long.parseLong(arguments[2])),
                Boolean.parseBoolean(arguments[3]),
                Boolean.parseBoolean(arguments[4]));
    }

    /** The directory that owners write to. */
    String target() {
        return namespace + "/target";
    }
}
