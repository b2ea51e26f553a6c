package dev.muster.store;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a store takes. Sizes in bytes. Checked before anything is sent.
 *
 * @param minSession the shortest session time-out that a session may have
 * @param maxSession the longest
 */
public record Limits(
        int nameBytes,
        int pathBytes,
        int valueBytes,
        int commitChanges,
        int commitBytes,
        int directoryNameBytes,
        Duration minSession,
        Duration maxSession) {

    /** The limits of the contract: an engine that takes less says so. */
    public static final Limits STANDARD =
            new Limits(128, 200, 64 << 10, 32, 256 << 10, 512 << 10, Duration.ofMillis(500), Duration.ofMinutes(10));

    /**
     * Checks a commit against the rules of names and these limits, and that no name occurs twice in its changes.
     *
     * @throws InvalidArgument naming what is over which limit
     */
    public void check(Commit commit) {
        Names.checkPath(commit.directory(), pathBytes);
        List<Change> changes = commit.changes();
        if (changes.size() > commitChanges) {
            throw new InvalidArgument("commit on " + commit.directory() + " has " + changes.size()
                    + " changes: at most " + commitChanges + " are allowed, so split it");
        }
        List<Guard> guards = commit.guards();
        for (int i = 0; i < guards.size(); i++) {
            Names.check("name in a guard", guards.get(i).name(), nameBytes);
        }
        int total = 0;
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            total += Names.check("entry name", change.name(), nameBytes) + checkValue(change);
        }
        if (total > commitBytes) {
            throw new InvalidArgument("commit on " + commit.directory() + " has " + total
                    + " bytes of names and values: at most " + commitBytes + " are allowed, so split it");
        }
        if (changes.size() > 1) {
            checkDistinct(changes);
        }
    }

    private int checkValue(Change change) {
        int size = change instanceof Change.Put put
                ? put.value().size()
                : change instanceof Change.Append append ? append.value().size() : 0;
        if (size > valueBytes) {
            throw new InvalidArgument("value of entry " + change.name() + " has " + size + " bytes: at most "
                    + valueBytes + " are allowed; keep large data elsewhere and store where it is");
        }
        return size;
    }

    private static void checkDistinct(List<Change> changes) {
        Set<String> names = new HashSet<>();
        for (Change change : changes) {
            if (!names.add(change.name())) {
                throw new InvalidArgument(
                        "entry name " + change.name() + " occurs twice in one commit: once is allowed");
            }
        }
    }
}
