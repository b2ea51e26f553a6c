package dev.muster.store.simulation;

/** One test over a simulation, run for many seeds. It keeps its state inside, so that a replay starts afresh. */
@FunctionalInterface
public interface Scenario {

    /** Sets processes going, waits for them with {@link Simulation#await}, and checks what came of it. */
    void play(Simulation simulation) throws Exception;
}
