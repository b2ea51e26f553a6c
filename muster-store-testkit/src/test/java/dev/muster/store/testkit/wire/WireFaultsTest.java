package dev.muster.store.testkit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;
import dev.muster.store.testkit.planted.PlantedRun;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

/** The promises of a link are worth what they catch: each planted fault fails those that must see it. */
class WireFaultsTest {

    /** What a fault has dropped does not come by waiting for it. */
    private static final double BRIEFLY = 0.4;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultOfTheNetworkCodeIsCaught(WireFault fault) throws ClassNotFoundException {
        Class<?> group = Class.forName(StoreContract.class.getName() + "$" + fault.group());
        List<? extends DiscoverySelector> promises = fault.caughtBy().stream()
                .map(name -> selectNestedMethod(List.of(FaultyContract.class), group, name))
                .toList();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(promises)
                .configurationParameter(FaultyContract.FAULT, fault.name())
                .build();
        assertThat(PlantedRun.failures(BRIEFLY, request)).containsExactlyInAnyOrderElementsOf(fault.caughtBy());
    }

    /** The contract on a wire store with a fault: run by the test above alone. */
    @ExtendWith(FaultyContract.PortParameter.class)
    static class FaultyContract extends StoreContract {

        static final String FAULT = "wire.fault";

        private final WirePort port;

        FaultyContract(WirePort port) {
            this.port = port;
        }

        @Override
        protected String url() {
            return WireStoreContractTest.url(port);
        }

        @Override
        protected Link link() {
            return WireStoreContractTest.link(port);
        }

        static final class PortParameter implements ParameterResolver {
            @Override
            public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
                return parameter.getParameter().getType() == WirePort.class;
            }

            @Override
            public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
                return WirePort.open(WireFault.valueOf(
                        context.getConfigurationParameter(FAULT).orElseThrow()));
            }
        }
    }
}
