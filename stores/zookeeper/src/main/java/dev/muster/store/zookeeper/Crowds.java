package dev.muster.store.zookeeper;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Limits;
import dev.muster.store.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Keeps directories within their limit of names. The servers do not count bytes, so whoever adds to a directory of which
 * it has seen that it holds many entries reads all names first. A client looks at the number behind one in some of the
 * commits that create something, which is often enough: half of the limit lies between seeing and being full.
 */
final class Crowds {

    private static final int SAMPLE = 16;
    private static final int MOST_DIRECTORIES = 1_024;

    private final Limits limits;
    private final int many;
    private final AtomicInteger commits = new AtomicInteger();
    private final Map<String, Boolean> crowded = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_DIRECTORIES;
        }
    };

    Crowds(Limits limits) {
        this.limits = limits;
        this.many = limits.directoryNameBytes() / limits.nameBytes() / 2;
    }

    /** Whether to look at the number of entries behind this commit. */
    boolean draws(Commit commit) {
        boolean creates = commit.changes().size() > 1
                || (commit.changes().size() == 1 && !(commit.changes().get(0) instanceof Change.Delete));
        return creates && commits.incrementAndGet() % SAMPLE == 0;
    }

    void saw(String directory, Handle.Children children) {
        synchronized (crowded) {
            if (children.names().size() >= many) {
                crowded.put(directory, true);
            } else {
                crowded.remove(directory);
            }
        }
    }

    boolean isCrowded(String directory) {
        synchronized (crowded) {
            return !crowded.isEmpty() && crowded.containsKey(directory);
        }
    }

    @Nullable
    InvalidArgument fault(Commit commit, List<String> names, Knowledge known) {
        int added = 0;
        for (Change change : commit.changes()) {
            Stat stat = known.of(change.name());
            if ((stat == null) != (change instanceof Change.Delete)) {
                added += (stat == null ? 1 : -1) * Names.utf8Length(change.name());
            }
        }
        int bytes = names.stream().mapToInt(Names::utf8Length).sum();
        return added <= 0 || bytes + added <= limits.directoryNameBytes()
                ? null
                : new InvalidArgument("directory " + commit.directory() + " would hold " + (bytes + added)
                        + " bytes of names: at most " + limits.directoryNameBytes()
                        + " are allowed, so spread the entries over several directories");
    }
}
