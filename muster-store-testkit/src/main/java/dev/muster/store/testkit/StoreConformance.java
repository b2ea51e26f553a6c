package dev.muster.store.testkit;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

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

    /** Where the URL names the servers: the far clients' operations then end soon, where the engine has an option for it. */
    @Override
    protected @Nullable Link link() {
        if (!Link.isNamedBy(url)) {
            return null;
        }
        StoreUri uri = StoreUri.parse(url);
        if (uri.scheme().endsWith("+sentinel")) {
            throw new TestAbortedException("sentinels tell clients where the servers are, past any proxy");
        }
        Link link = Link.of(url);
        boolean mayBeBrief = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .anyMatch(provider -> provider.schemes().contains(uri.scheme())
                        && provider.options().contains("timeout"));
        if (mayBeBrief && uri.option("timeout").isEmpty()) {
            link = link.withOption("timeout", "1s");
        }
        return uri.scheme().equals("redis") ? link.notifyingBy(StoreConformance::isPublished) : link;
    }

    /** Whether what a Redis sends is a published message. */
    private static boolean isPublished(byte[] chunk) {
        return new String(chunk, StandardCharsets.ISO_8859_1).contains("\r\nmessage\r\n");
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
