package dev.muster.store.simulation;

import java.time.Duration;

/** Lets befall the processes and the server what the faults' probabilities say. */
final class Nemesis {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final long SOON_NANOS = 3_000_000;

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
            soon(Fault.PARTITION, () -> process.line().cut(length, way != 1, way != 2));
        }
        if (chance(Fault.PAUSE)) {
            Duration length = length();
            soon(Fault.PAUSE, () -> process.pause(length));
        }
        if (chance(Fault.CRASH)) {
            soon(Fault.CRASH, process::crash);
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

    /** Unless it has become calm meanwhile. */
    private void soon(Fault fault, Runnable blow) {
        simulation.loop().after(simulation.chances().between(0, SOON_NANOS), null, fault.name(), () -> {
            if (simulation.faults().rate(fault) > 0) {
                blow.run();
            }
        });
    }

    private boolean chance(Fault fault) {
        return simulation.chances().chance(simulation.faults().rate(fault));
    }

    private Duration length() {
        return simulation.chances().skewed(SHORTEST, simulation.faults().longest());
    }
}
