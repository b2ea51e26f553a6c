package dev.muster.store.testkit.simulated;

import dev.muster.store.simulation.Faults;
import dev.muster.store.simulation.Simulation;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A simulation that goes on by itself on a thread of its own, some times faster than the clock, for real threads to use. */
final class LiveSimulation {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSimulation.class);
    private static final int SPEED = 10;
    private static final long STEP_NANOS = 500_000;

    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final Faults faults;
    private Simulation simulation;

    LiveSimulation(Faults faults) {
        this.faults = faults;
        this.thread = new Thread(this::run, "live-simulation");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        simulation = new Simulation(1, faults);
        // It grows calm by itself after a minute: not this one.
        simulation.after(Duration.ofSeconds(61), () -> simulation.faults(faults));
        long last = System.nanoTime();
        while (true) {
            try {
                Runnable call = calls.poll(STEP_NANOS, TimeUnit.NANOSECONDS);
                if (call != null) {
                    call.run();
                }
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            try {
                simulation.pass(Duration.ofNanos((now - last) * SPEED));
            } catch (AssertionError | RuntimeException e) {
                LOG.error("the simulation failed", e);
            }
            last = now;
        }
    }

    /** Does something there, and answers what came of it. */
    <T> CompletableFuture<T> ask(Function<Simulation, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        calls.add(() -> {
            try {
                answer.complete(question.apply(simulation));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** As {@link #ask}, waiting for it, also on the simulation's own thread. */
    <T> T get(Function<Simulation, T> question) {
        return Thread.currentThread() == thread
                ? question.apply(simulation)
                : ask(question).join();
    }
}
