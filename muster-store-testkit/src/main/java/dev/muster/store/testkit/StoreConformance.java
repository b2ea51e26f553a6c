package dev.muster.store.testkit;

import dev.muster.store.InvalidArgument;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The store contract, held against the store that the JUnit configuration parameter or system property {@value #URL}
 * names. For launchers: select this class, set the parameter, and print the verdict of each promise.
 */
@ExtendWith(StoreConformance.UrlParameter.class)
public final class StoreConformance extends StoreContract {

    /** Name of the configuration parameter. */
    public static final String URL = "muster.conformance.url";

    private final String url;

    StoreConformance(String url) {
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
            return parameter.getDeclaringExecutable().getDeclaringClass() == StoreConformance.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getConfigurationParameter(URL)
                    .orElseThrow(() -> new InvalidArgument(
                            "which store to test? Set the configuration parameter " + URL + " to its URL"));
        }
    }
}
