package dev.muster.store.memory;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Opens {@code memory:} and {@code memory://NAME}. */
public final class MemoryStoreProvider implements StoreProvider {

    /** The spaces that open stores of this process share, by name. */
    private static final Map<String, Shared> SHARED = new HashMap<>();

    /** No space of a name that was dropped went beyond this: a name opened again goes on from here. */
    private static long floor;

    private static final class Shared {
        final MemorySpace space = new MemorySpace(floor);
        int stores;
    }

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public Store open(StoreUri uri) {
        String name = uri.authority() + uri.path();
        if (name.isEmpty()) {
            return MemoryStore.create();
        }
        synchronized (SHARED) {
            Shared shared = SHARED.computeIfAbsent(name, absent -> new Shared());
            shared.stores++;
            return new MemoryStore(shared.space, () -> leave(name));
        }
    }

    private static void leave(String name) {
        synchronized (SHARED) {
            Shared shared = SHARED.get(name);
            if (shared != null && --shared.stores == 0) {
                SHARED.remove(name);
                floor = Math.max(floor, shared.space.revision());
            }
        }
    }
}
