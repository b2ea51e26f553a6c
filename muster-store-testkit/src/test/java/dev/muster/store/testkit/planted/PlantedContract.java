package dev.muster.store.testkit.planted;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.StoreContract;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The store contract on the planted store: run by {@link PlantedFaultsTest} alone. */
@ExtendWith(PlantedContract.FaultParameter.class)
class PlantedContract extends StoreContract {

    static final String FAULT = "planted.fault";

    private final PlantedSpace space;

    PlantedContract(Fault fault) {
        space = new PlantedSpace(fault);
    }

    @Override
    protected String url() {
        return "memory:";
    }

    @Override
    protected Store open() {
        return new PlantedStore(space);
    }

    @Override
    protected boolean expire(Store store, Session session) {
        ((PlantedSession) session).end(Session.State.LOST);
        return true;
    }

    static final class FaultParameter implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Fault.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return Fault.valueOf(context.getConfigurationParameter(FAULT).orElseThrow());
        }
    }
}
