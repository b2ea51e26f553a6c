package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.store.Await;
import dev.muster.store.MusterException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of one worker. The ring says which are its own; their locks say when it may begin, since members learn
 * of a change at different moments. Confined to the worker's thread.
 */
final class Parts {

    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);
    private static final Duration FOREVER = Duration.ofHours(1);

    private final Plan plan;
    private final Coordinator coordinator;
    private final Partitioner partitioner;
    private final Runnable onChange;
    private final Map<Integer, CompletableFuture<Optional<LockHandle>>> wanted = new HashMap<>();
    private final Map<Integer, Part> taken = new TreeMap<>();

    Parts(Plan plan, Coordinator coordinator, Partitioner partitioner, Runnable onChange) {
        this.plan = plan;
        this.coordinator = coordinator;
        this.partitioner = partitioner;
        this.onChange = onChange;
    }

    /** Takes what is its own and free by now, queues for what is not, and lets go of what is others'. */
    void settle() {
        for (int partition = 0; partition < plan.partitions(); partition++) {
            Part part = taken.get(partition);
            if (part != null && !part.lock().isValid()) {
                drop(partition);
                part = null;
            }
            boolean own = partitioner.belongsToSelf(Plan.key(partition));
            if (own && part == null) {
                want(partition);
            } else if (!own) {
                leave(partition);
            }
        }
    }

    private void want(int partition) {
        CompletableFuture<Optional<LockHandle>> acquiring = wanted.get(partition);
        if (acquiring == null) {
            acquiring = coordinator.lock(Plan.key(partition)).acquireAsync(FOREVER);
            wanted.put(partition, acquiring);
            acquiring.whenComplete((handle, failure) -> onChange.run());
        }
        if (acquiring.isDone()) {
            wanted.remove(partition);
            try {
                Await.read(acquiring, FOREVER, "acquire a partition").ifPresent(held -> take(partition, held));
            } catch (MusterException e) {
                LOG.info("{} not taken yet: {}", Plan.key(partition), e.getMessage());
            }
        }
    }

    private void take(int partition, LockHandle held) {
        try {
            taken.put(partition, Part.take(plan, partition, coordinator.store(), held, coordinator.memberId()));
        } catch (StaleToken late) {
            held.releaseAsync();
        }
    }

    private void leave(int partition) {
        CompletableFuture<Optional<LockHandle>> acquiring = wanted.remove(partition);
        if (acquiring != null && !acquiring.cancel(false) && !acquiring.isCompletedExceptionally()) {
            acquiring.join().ifPresent(LockHandle::releaseAsync);
        }
        drop(partition);
    }

    void drop(int partition) {
        Part part = taken.remove(partition);
        if (part != null) {
            part.lock().releaseAsync();
        }
    }

    /** One with files to work on, from the partition after this one on, so that all get their turn. */
    Optional<Integer> withWork(int after, IntPredicate allowed) {
        Optional<Integer> first = Optional.empty();
        for (Map.Entry<Integer, Part> entry : taken.entrySet()) {
            if (entry.getValue().hasWork(allowed)) {
                if (entry.getKey() > after) {
                    return Optional.of(entry.getKey());
                }
                first = first.isEmpty() ? Optional.of(entry.getKey()) : first;
            }
        }
        return first;
    }

    Optional<Part> get(int partition) {
        return Optional.ofNullable(taken.get(partition));
    }
}
