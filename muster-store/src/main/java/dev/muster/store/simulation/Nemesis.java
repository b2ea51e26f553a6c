package dev.muster.store.simulation;

import java.time.Duration;

/** Lets befall the processes and the server what the faults' probabilities say. */
final class Nemesis {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Simulation simulation;

    Nemesis(Simulation simulation) {
        this.simulation = simulation;
    }

    /** May hit a process as it sends a request. What it does, it does as an event of its own, soon afterwards. */
    void strike(SimulatedProcess process) {
        SeededRandom chances = simulation.chances();
        if (chance(Fault.PARTITION)) {
            int way = chances.below(4);
            Duration length = length();
            soon("partition", () -> process.line().cut(length, way != 1, way != 2));
        }
        if (chance(Fault.PAUSE)) {
            Duration length = length();
            soon("pause", () -> process.pause(length));
        }
        if (chance(Fault.CRASH)) {
            soon("crash", process::crash);
        }
    }

    /** May hit the server as a request arrives, which then is lost. */
    boolean strikes(SimulatedServer server) {
        if (chance(Fault.SERVER_WIPE)) {
            server.wipe(length());
            return true;
        }
        if (chance(Fault.SERVER_RESTART)) {
            server.restart(length());
            return true;
        }
        return false;
    }

    private void soon(String what, Runnable fault) {
        simulation.loop().after(simulation.chances().between(0, 3_000_000), null, what, fault);
    }

    private boolean chance(Fault fault) {
        return simulation.chances().chance(simulation.faults().rate(fault));
    }

    private Duration length() {
        return simulation.chances().skewed(SHORTEST, simulation.faults().longest());
    }
}
