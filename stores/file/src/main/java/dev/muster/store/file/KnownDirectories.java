package dev.muster.store.file;

import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.spi.DirectoryState;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Small directories as this process last saw them. A commit that finds its directory's head unmoved needs to read
 * nothing, and every lock that one process uses alone is such a case. To be used within the database's mutex; emptied
 * when a transaction is rolled back, as it may know what then never was.
 */
final class KnownDirectories {

    private static final int MOST_DIRECTORIES = 256;
    private static final int MOST_ENTRIES = 64;
    private static final int MOST_BYTES = 16 << 10;

    private final Map<String, Known> byName = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_DIRECTORIES;
        }
    };

    /** All entries of a directory, and the sessions whose stake in it is recorded. */
    static final class Known {

        final DirectoryState state;
        final Set<Long> stakes = new HashSet<>(4);
        Head head;
        private int valueBytes;

        Known(Head head, DirectoryState state) {
            this.head = head;
            this.state = state;
            for (Entry entry : state.entries()) {
                valueBytes += entry.value().size();
            }
        }
    }

    @Nullable
    Known get(String directory) {
        return byName.get(directory);
    }

    /** Whether to read all of a directory for this commit, so as to know it. */
    static boolean isWorthReading(Commit commit, Head head) {
        return commit.reply() != Commit.Reply.NOTHING && head.entries() <= MOST_ENTRIES;
    }

    void put(String directory, Known known) {
        byName.put(directory, known);
        trim(directory, known);
    }

    /** Forgets what has grown too large to be worth the memory. */
    void trim(String directory, Known known) {
        if (known.state.size() > MOST_ENTRIES || known.valueBytes > MOST_BYTES) {
            byName.remove(directory);
        }
    }

    /** Notes what a commit put: values are counted and, until the directory is read anew, never discounted. */
    static void count(Known known, Iterable<Entry> puts) {
        for (Entry put : puts) {
            known.valueBytes += put.value().size();
        }
    }

    void remove(String directory) {
        byName.remove(directory);
    }

    void clear() {
        byName.clear();
    }
}
