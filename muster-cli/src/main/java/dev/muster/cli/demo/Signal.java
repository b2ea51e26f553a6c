package dev.muster.cli.demo;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one thread that waits for something to change. */
final class Signal {

    private final Semaphore raised = new Semaphore(0);

    void raise() {
        raised.release();
    }

    /** Waits until it is raised, or was since the last wait; at most so long. */
    void await(Duration atMost) throws InterruptedException {
        if (raised.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            raised.drainPermits();
        }
    }
}
