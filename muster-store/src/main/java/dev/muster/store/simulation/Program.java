package dev.muster.store.simulation;

import java.util.concurrent.CompletableFuture;

/** What a simulated process does from its start. After a crash it is started again, as a new process. */
@FunctionalInterface
public interface Program {

    /** Starts it. Completes when the process has done its work; a failure fails the simulation. */
    CompletableFuture<?> start(SimulatedProcess process) throws Exception;
}
