package dev.muster.store.testkit.simulated;

/** The same with changes that are folded, lost and told late. */
class UnevenSimulationContractTest extends SimulatedStoreContractTest {

    @Override
    protected String url() {
        return "simulation://uneven";
    }
}
