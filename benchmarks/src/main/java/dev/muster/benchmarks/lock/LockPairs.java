package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.harness.Contender;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.DistributedLock;
import java.time.Duration;

/** Acquires and releases one lock that nobody else wants, on one thread, by the blocking calls. */
final class LockPairs implements Contender {

    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final int BATCH = 64;

    private final String name;
    private final Coordinator coordinator;
    private final DistributedLock lock;

    LockPairs(String name, String storeUri) {
        this.name = name;
        this.coordinator = Coordinator.connect(storeUri, "bench");
        this.lock = coordinator.lock("bench");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double rate(Duration about) {
        return Contender.repeat(about, BATCH, i -> lock.acquire(WAIT).release());
    }

    @Override
    public void close() {
        coordinator.close();
    }
}
