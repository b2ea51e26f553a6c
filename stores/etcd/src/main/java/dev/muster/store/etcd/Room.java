package dev.muster.store.etcd;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Limits;
import dev.muster.store.Names;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps directories below the limit on their names. Commits that add names are told how many there are; one to a
 * directory that is known to come near the limit first reads the names, and applies only if none was added meanwhile.
 */
final class Room {

    private static final int MOST_KNOWN = 1_000;

    private final int most;
    private final int nameBytes;

    /** Directories that may be nearly full. */
    private final Set<String> large = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_KNOWN;
        }
    }));

    Room(Limits limits) {
        this.most = limits.directoryNameBytes();
        this.nameBytes = limits.nameBytes();
    }

    /** What a commit would add to the names that were there at a revision of etcd. */
    record Measured(long revision, boolean isFull, int bytes) {}

    static boolean mayAdd(Commit commit) {
        for (Change change : commit.changes()) {
            if (!(change instanceof Change.Delete)) {
                return true;
            }
        }
        return false;
    }

    boolean mustMeasure(Commit commit) {
        return !large.isEmpty() && large.contains(commit.directory()) && mayAdd(commit);
    }

    /** Takes note of how many names a directory has. */
    void counted(String directory, long count) {
        boolean isLarge = count * nameBytes > most / 4 * 3L;
        if (isLarge) {
            large.add(directory);
        } else if (!large.isEmpty()) {
            large.remove(directory);
        }
    }

    Measured measure(Commit commit, long revision, List<String> names) {
        counted(commit.directory(), names.size());
        Set<String> there = new HashSet<>(names);
        int before = names.stream().mapToInt(Names::utf8Length).sum();
        int added = 0;
        for (Change change : commit.changes()) {
            boolean present = there.contains(change.name());
            if (change instanceof Change.Delete) {
                added -= present ? Names.utf8Length(change.name()) : 0;
            } else {
                added += present ? 0 : Names.utf8Length(change.name());
            }
        }
        return new Measured(revision, added > 0 && before + added > most, before + added);
    }

    InvalidArgument full(Commit commit, Measured measured) {
        return new InvalidArgument("directory " + commit.directory() + " would hold " + measured.bytes()
                + " bytes of names: at most " + most
                + " are allowed, so spread the entries over several directories");
    }
}
