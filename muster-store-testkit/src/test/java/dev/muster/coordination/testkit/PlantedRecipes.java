package dev.muster.coordination.testkit;

import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.memory.MemoryStore;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The recipe contract over a store with a fault: run by {@link PlantedRecipesTest} alone. */
@ExtendWith(PlantedRecipes.FaultParameter.class)
class PlantedRecipes extends RecipeContract {

    static final String FAULT = "planted.recipe.fault";

    private final String url = "memory://" + Nonce.next();
    private final Store keeper = Store.open(url);
    private final PlantedFault fault;

    PlantedRecipes(PlantedFault fault) {
        this.fault = fault;
    }

    @Override
    protected String url() {
        return url;
    }

    @Override
    protected Store open() {
        return new FaultyStore(Store.open(url), fault);
    }

    @Override
    protected boolean expire(Store store, Session session) {
        ((MemoryStore) ((FaultyStore) store).store).expire(session);
        return keeper != null;
    }

    static final class FaultParameter implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == PlantedFault.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return PlantedFault.valueOf(context.getConfigurationParameter(FAULT).orElseThrow());
        }
    }
}
