package dev.muster.coordination.lock;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Names;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Several locks taken together: in the byte order of their names, so that two who want the same ones cannot wait for
 * each other; all or none.
 */
public final class MultiLock {

    private final Scope scope;
    private final List<DistributedLock> locks;

    /** For the names in any order; one named twice is an error. */
    public MultiLock(Scope scope, Collection<String> names) {
        this.scope = scope;
        List<String> ordered = names.stream().sorted(Names.BYTE_ORDER).toList();
        if (ordered.isEmpty() || ordered.stream().distinct().count() < ordered.size()) {
            throw new InvalidArgument("names of the locks to take together are " + ordered.size() + " with "
                    + ordered.stream().distinct().count() + " distinct: name at least one, each once");
        }
        this.locks =
                ordered.stream().map(name -> new DistributedLock(scope, name)).toList();
    }

    /** Acquires all of them within one time-out, or releases those that it got and answers empty. */
    public Optional<Held> tryAcquire(Duration timeout) {
        long deadline = scope.deadline(timeout);
        Deque<LockHandle> held = new ArrayDeque<>();
        boolean all = false;
        try {
            for (DistributedLock lock : locks) {
                Duration left = Duration.ofNanos(
                        Math.max(0, deadline - scope.scheduler().nanoTime()));
                Optional<LockHandle> handle = lock.tryAcquire(left);
                if (handle.isEmpty()) {
                    return Optional.empty();
                }
                held.push(handle.get());
            }
            all = true;
            return Optional.of(new Held(List.copyOf(held)));
        } finally {
            if (!all) {
                held.forEach(LockHandle::close);
            }
        }
    }

    /**
     * As {@link #tryAcquire}, for try-with-resources.
     *
     * @throws LockAcquireFailed where they were not all free in time
     */
    public Held acquire(Duration timeout) {
        return tryAcquire(timeout)
                .orElseThrow(
                        () -> new LockAcquireFailed("The locks " + locks + " were not all free within " + timeout));
    }

    /**
     * Locks that are held together. Closing releases all, the last acquired first.
     *
     * @param handles the last acquired first
     */
    public record Held(List<LockHandle> handles) implements AutoCloseable {

        /** Whether all are valid. */
        public boolean isValid() {
            return handles.stream().allMatch(LockHandle::isValid);
        }

        /** The handle of one of the locks. */
        public LockHandle handle(String lockName) {
            return handles.stream()
                    .filter(handle -> handle.lockName().equals(lockName))
                    .findFirst()
                    .orElseThrow(() -> new LockNotHeld("Lock " + lockName + " is not among those held together"));
        }

        @Override
        public void close() {
            handles.forEach(LockHandle::close);
        }
    }
}
