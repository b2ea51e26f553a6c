package dev.muster.store.testkit.simulated;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import dev.muster.store.simulation.Fault;
import dev.muster.store.simulation.Faults;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens {@code simulation://NAME}: one simulation a name, one process a store. */
public final class LiveStoreProvider implements StoreProvider {

    /** What a client must not notice, but for the time that things take. */
    private static final Faults UNEVEN = Faults.NONE
            .with(Fault.FOLDED_EVENTS, 0.3)
            .with(Fault.LOST_EVENT, 0.1)
            .with(Fault.LAGGING_LISTENER, 0.1)
            .with(Fault.LATE_TASK, 0.1)
            .lasting(1);

    private static final Map<String, LiveSimulation> RUNNING = new ConcurrentHashMap<>();
    private static final AtomicInteger PROCESSES = new AtomicInteger();

    @Override
    public Set<String> schemes() {
        return Set.of("simulation");
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public Store open(StoreUri uri) {
        LiveSimulation live = RUNNING.computeIfAbsent(
                uri.authority(), name -> new LiveSimulation(name.equals("uneven") ? UNEVEN : Faults.NONE));
        return new LiveStore(live, "p" + PROCESSES.incrementAndGet());
    }
}
