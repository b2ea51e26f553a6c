package dev.muster.store.testkit.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import dev.muster.store.testkit.Patience;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The suite is worth what it catches: it passes on a store without a fault, and fails on each that has one. */
class PlantedFaultsTest {

    private final String patience = System.getProperty(Patience.PROPERTY, "1.0");

    /** What does not come within half a second or so was dropped by the fault. */
    @BeforeEach
    void waitBriefly() {
        System.setProperty(Patience.PROPERTY, Double.toString(Double.parseDouble(patience) / 20));
    }

    @AfterEach
    void waitAsBefore() {
        System.setProperty(Patience.PROPERTY, patience);
    }

    private static TestExecutionSummary run(Fault fault, DiscoverySelector selector, Filter<?>... filters) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selector)
                .filters(filters)
                .filters(excludeTags("slow"))
                .configurationParameter(PlantedContract.FAULT, fault.name())
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        return summary.getSummary();
    }

    private static Set<String> failed(TestExecutionSummary summary) {
        Set<String> names = new TreeSet<>();
        summary.getFailures()
                .forEach(failure -> failure.getTestIdentifier()
                        .getSource()
                        .filter(MethodSource.class::isInstance)
                        .map(source -> ((MethodSource) source).getMethodName())
                        .ifPresentOrElse(
                                names::add,
                                () -> names.add(failure.getTestIdentifier().getDisplayName())));
        return names;
    }

    @Test
    void aStoreWithoutAFaultPasses() {
        waitAsBefore();
        TestExecutionSummary summary = run(Fault.NONE, selectClass(PlantedContract.class));
        assertThat(failed(summary)).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsCaught(Fault fault) {
        PostDiscoveryFilter named = test -> FilterResult.includedIf(test.getSource()
                .filter(source -> source instanceof MethodSource method
                        && fault.caughtBy().contains(method.getMethodName()))
                .isPresent());
        TestExecutionSummary summary =
                run(fault, selectNestedClass(List.of(PlantedContract.class), fault.group()), named);
        assertThat(failed(summary)).containsExactlyInAnyOrderElementsOf(fault.caughtBy());
    }
}
