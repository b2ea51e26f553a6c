package dev.muster.store.memory;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the stores of one name share: directories, the revision, and the sessions whose end is being carried out. */
final class MemorySpace {

    /** How many directories may have become empty before those without use are swept out. */
    private static final int LINGERING = 1024;

    private final Map<String, MemoryDirectory> directories = new ConcurrentHashMap<>();
    private final Set<String> ending = ConcurrentHashMap.newKeySet();
    private final AtomicLong revision;
    private final AtomicInteger emptied = new AtomicInteger();

    /** @param floor every revision is above it, and above the microseconds of the clock */
    MemorySpace(long floor) {
        revision = new AtomicLong(Math.max(floor, System.currentTimeMillis() * 1000));
    }

    CommitResult commit(Commit commit, @Nullable MemorySession session, int directoryNameBytes) {
        while (true) {
            CommitResult result = directory(commit.directory()).commit(commit, session, directoryNameBytes);
            if (result != null) {
                return result;
            }
        }
    }

    Listing list(String path) {
        Listing[] empty = new Listing[1];
        while (true) {
            MemoryDirectory directory = directories.get(path);
            if (directory != null) {
                return directory.list();
            }
            // While the path is absent here, no commit can be under way on it: the revision and the emptiness are of
            // one moment.
            directories.computeIfAbsent(path, absent -> {
                empty[0] = new Listing(revision.get(), List.of());
                return null;
            });
            if (empty[0] != null) {
                return empty[0];
            }
        }
    }

    void attach(String path, WatchFeed feed) {
        while (!directory(path).attach(feed)) {
            Thread.onSpinWait();
        }
    }

    void detach(String path, WatchFeed feed) {
        MemoryDirectory directory = directories.get(path);
        if (directory != null) {
            directory.detach(feed);
        }
    }

    List<String> paths(String prefix) {
        return directories.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith(prefix) && !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .sorted(Names.BYTE_ORDER)
                .toList();
    }

    /**
     * Removes what a session owns. From the first moment on no operation counts its entries.
     *
     * @return the directories to pump
     */
    List<MemoryDirectory> end(String sessionId) {
        ending.add(sessionId);
        List<MemoryDirectory> changed =
                directories.values().stream().filter(MemoryDirectory::reap).toList();
        ending.remove(sessionId);
        return changed;
    }

    boolean isAnyEnding() {
        return !ending.isEmpty();
    }

    boolean isEnding(String sessionId) {
        return ending.contains(sessionId);
    }

    long revision() {
        return revision.get();
    }

    long nextRevision() {
        return revision.incrementAndGet();
    }

    /** Called outside a directory's monitor, after a commit left it empty. */
    void emptied() {
        if (emptied.incrementAndGet() >= LINGERING) {
            emptied.set(0);
            directories.values().removeIf(MemoryDirectory::retire);
        }
    }

    private MemoryDirectory directory(String path) {
        MemoryDirectory directory = directories.get(path);
        return directory != null
                ? directory
                : directories.computeIfAbsent(path, absent -> new MemoryDirectory(this, revision.get()));
    }
}
