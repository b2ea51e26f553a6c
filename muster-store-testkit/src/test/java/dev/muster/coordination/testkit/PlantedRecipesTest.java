package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.muster.store.testkit.Patience;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The recipe contract is worth what it catches: it fails over each store that has a fault. */
class PlantedRecipesTest {

    private static final int RUNS = 3;

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

    private static Set<String> failures(PlantedFault fault) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(fault.caughtBy().stream()
                        .map(test -> selectNestedMethod(List.of(PlantedRecipes.class), fault.group(), test))
                        .toList())
                .configurationParameter(PlantedRecipes.FAULT, fault.name())
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        Set<String> names = new TreeSet<>();
        summary.getSummary()
                .getFailures()
                .forEach(failure -> names.add(failure.getTestIdentifier()
                        .getSource()
                        .filter(MethodSource.class::isInstance)
                        .map(source -> ((MethodSource) source).getMethodName())
                        .orElse(failure.getTestIdentifier().getDisplayName())));
        return names;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsCaught(PlantedFault fault) {
        // A waiter whose watch begins late is not harmed by what it was not told: not every run shows every fault.
        Set<String> caught = new TreeSet<>();
        for (int run = 0; run < RUNS && !caught.containsAll(fault.caughtBy()); run++) {
            caught.addAll(failures(fault));
        }
        assertThat(caught).containsExactlyInAnyOrderElementsOf(fault.caughtBy());
    }

    @ParameterizedTest
    @EnumSource(names = "NONE")
    void aStoreWithoutAFaultPasses(PlantedFault none) {
        waitAsBefore();
        assertThat(failures(none)).isEmpty();
    }
}
