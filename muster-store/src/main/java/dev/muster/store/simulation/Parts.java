package dev.muster.store.simulation;

/** What a simulation is made of. Tests put in parts that break a promise, to see that it is noticed. */
class Parts {

    SimulatedServer server(Simulation simulation) {
        return new SimulatedServer(simulation);
    }

    SimulatedSession session(Simulation simulation, SimulatedProcess process, Connection connection, Lease lease) {
        return new SimulatedSession(simulation, process, connection, lease);
    }

    Subscription subscription(Simulation simulation, SimulatedProcess process, Watches watches, String directory) {
        return new Subscription(simulation, process, watches, directory);
    }
}
