package dev.muster.store.testkit.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The suite is worth what it catches: it passes on a store without a fault, and fails on each that has one. */
class PlantedFaultsTest {

    /** What does not come within half a second or so was dropped by the fault. */
    private static final double BRIEFLY = 0.05;

    private static LauncherDiscoveryRequest request(Fault fault, DiscoverySelector selector, Filter<?>... filters) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selector)
                .filters(filters)
                .filters(excludeTags("slow"))
                .configurationParameter(PlantedContract.FAULT, fault.name())
                .build();
    }

    @Test
    void aStoreWithoutAFaultPasses() {
        TestExecutionSummary summary = PlantedRun.run(1, request(Fault.NONE, selectClass(PlantedContract.class)));
        assertThat(PlantedRun.failures(summary)).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsCaught(Fault fault) {
        PostDiscoveryFilter named = test -> FilterResult.includedIf(test.getSource()
                .filter(source -> source instanceof MethodSource method
                        && fault.caughtBy().contains(method.getMethodName()))
                .isPresent());
        LauncherDiscoveryRequest request =
                request(fault, selectNestedClass(List.of(PlantedContract.class), fault.group()), named);
        assertThat(PlantedRun.failures(BRIEFLY, request)).containsExactlyInAnyOrderElementsOf(fault.caughtBy());
    }
}
