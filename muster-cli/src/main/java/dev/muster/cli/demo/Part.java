package dev.muster.cli.demo;

import dev.muster.coordination.fence.FencedDirectory;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** A partition that this worker has: its lock, and its directory under the lock's token. */
final class Part {

    /** The entry that says who has the partition: for those who look. */
    static final String OWNER = "owner";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LockHandle held;
    private final FencedDirectory results;
    private final Deque<Integer> left;

    private Part(LockHandle held, FencedDirectory results, Deque<Integer> left) {
        this.held = held;
        this.results = results;
        this.left = left;
    }

    /** Stamps the partition's directory with the token of its lock, and sees what earlier owners left to do. */
    static Part take(Plan plan, int partition, Store store, LockHandle held, String worker) {
        FencedDirectory results = FencedDirectory.stamp(store, plan.results(partition), held.token(), PATIENCE);
        results.commit(commit -> commit.put(OWNER, Bytes.utf8(worker)));
        Set<String> recorded = Set.copyOf(results.found().names());
        Deque<Integer> left = plan.filesOf(partition)
                .boxed()
                .filter(file -> !recorded.contains(FileRecord.name(file)))
                .collect(Collectors.toCollection(ArrayDeque::new));
        return new Part(held, results, left);
    }

    LockHandle lock() {
        return held;
    }

    boolean hasWork(IntPredicate allowed) {
        Integer first = left.peek();
        return first != null && allowed.test(first);
    }

    /** The next files to work on, which stay due until they are recorded. */
    List<Integer> next(int most, IntPredicate allowed) {
        List<Integer> files = new ArrayList<>();
        for (int file : left) {
            if (files.size() == most || !allowed.test(file)) {
                break;
            }
            files.add(file);
        }
        return files;
    }

    /**
     * Records what was found out of these files, all or none, each only where no record of it is there.
     *
     * @throws dev.muster.coordination.fence.StaleToken where a later owner has the partition
     */
    CommitResult record(Map<Integer, FileRecord> found) {
        CommitResult result = results.commit(commit -> found.forEach((file, record) -> add(commit, file, record)));
        left.removeAll(found.keySet());
        return result;
    }

    private static void add(Commit.Builder commit, int file, FileRecord record) {
        commit.absent(FileRecord.name(file)).put(FileRecord.name(file), record.encode());
    }
}
