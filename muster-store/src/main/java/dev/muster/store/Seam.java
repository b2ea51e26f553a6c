package dev.muster.store;

import org.jspecify.annotations.Nullable;

/** Something that a thread may have of its own in place of what all have: a simulation is one thread. */
final class Seam<T> extends ThreadLocal<@Nullable T> {

    /** Gives it to this thread. Answers what puts back what was before, on the same thread. */
    Cancellable put(T next) {
        T before = get();
        set(next);
        return () -> {
            if (before == null) {
                remove();
            } else {
                set(before);
            }
        };
    }
}
