package dev.muster.store.simulation;

import dev.muster.store.Cancellable;
import dev.muster.store.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The clock and the threads of one simulated process. Its clock starts anywhere, and may run over the largest long. */
final class ProcessScheduler implements Scheduler {

    private static final long TASK_NANOS = 20_000;
    private static final long TIMER_NANOS = 200_000;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final long origin;

    ProcessScheduler(Simulation simulation, SimulatedProcess process) {
        this.simulation = simulation;
        this.process = process;
        this.origin = simulation.chances().nextLong();
    }

    @Override
    public long nanoTime() {
        return origin + simulation.loop().now();
    }

    @Override
    public Cancellable after(Duration delay, Runnable task) {
        return timer(delay.toNanos(), "timer", task);
    }

    Cancellable timer(long delay, String label, Runnable task) {
        long late = simulation.chances().between(0, TIMER_NANOS) + lateness(Fault.LATE_TASK);
        return simulation.loop().after(Math.max(0, delay) + late, process, label, task);
    }

    @Override
    public Executor executor() {
        return task -> start("task", lateness(Fault.LATE_TASK), task);
    }

    /** Where a watch or a session calls its listeners. */
    Executor listeners() {
        return task -> start("callback", lateness(Fault.LAGGING_LISTENER), task);
    }

    /** This scheduler, for a watch: its tasks are callbacks. */
    Scheduler forListeners() {
        ProcessScheduler self = this;
        return new Scheduler() {
            @Override
            public long nanoTime() {
                return self.nanoTime();
            }

            @Override
            public Cancellable after(Duration delay, Runnable task) {
                return self.after(delay, task);
            }

            @Override
            public Executor executor() {
                return listeners();
            }
        };
    }

    private void start(String label, long late, Runnable task) {
        simulation.loop().after(simulation.chances().between(0, TASK_NANOS) + late, process, label, task);
    }

    private long lateness(Fault fault) {
        return simulation.chances().chance(simulation.faults().rate(fault))
                ? simulation
                        .chances()
                        .skewed(100_000, simulation.faults().longest().toNanos() / 4)
                : 0;
    }
}
