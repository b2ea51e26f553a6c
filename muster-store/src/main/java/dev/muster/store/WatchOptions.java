package dev.muster.store;

import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a watch shows and where it calls.
 *
 * @param names the entries of interest; empty means all
 * @param executor where callbacks run, one at a time; null means the store's own
 */
public record WatchOptions(Set<String> names, @Nullable Executor executor) {

    public static final WatchOptions ALL = new WatchOptions(Set.of(), null);

    public WatchOptions {
        names = Set.copyOf(names);
    }

    public static WatchOptions names(String... names) {
        return new WatchOptions(Set.of(names), null);
    }

    public WatchOptions on(Executor executor) {
        return new WatchOptions(names, executor);
    }

    public boolean shows(String name) {
        return names.isEmpty() || names.contains(name);
    }
}
