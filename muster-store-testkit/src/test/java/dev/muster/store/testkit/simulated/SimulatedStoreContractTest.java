package dev.muster.store.testkit.simulated;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;

/** The simulation keeps the contract as real engines do: what is tried on it holds on them. */
class SimulatedStoreContractTest extends StoreContract {

    @Override
    protected String url() {
        return "simulation://even";
    }

    @Override
    protected boolean expire(Store store, Session session) {
        ((LiveStore) store).expire(session);
        return true;
    }
}
