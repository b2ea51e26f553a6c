package dev.muster.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.muster.store.testkit.planted.PlantedRun;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

/** The recipe contract is worth what it catches: it fails over each store that has a fault. */
class PlantedRecipesTest {

    private static final int RUNS = 3;

    /** What does not come within half a second or so was dropped by the fault. */
    private static final double BRIEFLY = 0.05;

    private static Set<String> failures(double patience, PlantedFault fault) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(fault.caughtBy().stream()
                        .map(test -> selectNestedMethod(List.of(PlantedRecipes.class), fault.group(), test))
                        .toList())
                .configurationParameter(PlantedRecipes.FAULT, fault.name())
                .build();
        return PlantedRun.failures(patience, request);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsCaught(PlantedFault fault) {
        // A waiter whose watch begins late is not harmed by what it was not told: not every run shows every fault.
        Set<String> caught = new TreeSet<>();
        for (int run = 0; run < RUNS && !caught.containsAll(fault.caughtBy()); run++) {
            caught.addAll(failures(BRIEFLY, fault));
        }
        assertThat(caught).containsExactlyInAnyOrderElementsOf(fault.caughtBy());
    }

    @ParameterizedTest
    @EnumSource(names = "NONE")
    void aStoreWithoutAFaultPasses(PlantedFault none) {
        assertThat(failures(1, none)).isEmpty();
    }
}
