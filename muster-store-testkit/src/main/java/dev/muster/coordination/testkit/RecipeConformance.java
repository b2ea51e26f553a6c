package dev.muster.coordination.testkit;

import dev.muster.store.InvalidArgument;
import dev.muster.store.testkit.StoreConformance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The promises of all recipes, held against the store that the JUnit configuration parameter or system property
 * {@value dev.muster.store.testkit.StoreConformance#URL} names. For launchers, as {@link StoreConformance} is.
 */
@ExtendWith(RecipeConformance.UrlParameter.class)
public final class RecipeConformance extends RecipeContract {

    private final String url;

    RecipeConformance(String url) {
        this.url = url;
    }

    @Override
    protected String url() {
        return url;
    }

    /** Hands the parameter to the constructor, since configuration parameters are known to extensions alone. */
    static final class UrlParameter implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getDeclaringExecutable().getDeclaringClass() == RecipeConformance.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getConfigurationParameter(StoreConformance.URL)
                    .orElseThrow(() -> new InvalidArgument("which store to test? Set the configuration parameter "
                            + StoreConformance.URL + " to its URL"));
        }
    }
}
