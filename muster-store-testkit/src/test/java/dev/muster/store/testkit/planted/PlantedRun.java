package dev.muster.store.testkit.planted;

import dev.muster.store.testkit.Patience;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs a contract on a store with a fault. */
public final class PlantedRun {

    private PlantedRun() {}

    /** @param patience multiplies every wait: what a fault has dropped does not come by waiting for it */
    static TestExecutionSummary run(double patience, LauncherDiscoveryRequest request) {
        String before = System.getProperty(Patience.PROPERTY, "1.0");
        System.setProperty(Patience.PROPERTY, Double.toString(Double.parseDouble(before) * patience));
        try {
            SummaryGeneratingListener summary = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, summary);
            return summary.getSummary();
        } finally {
            System.setProperty(Patience.PROPERTY, before);
        }
    }

    /** As {@link #run}: the promises that failed, by their methods' names. */
    public static Set<String> failures(double patience, LauncherDiscoveryRequest request) {
        return failures(run(patience, request));
    }

    static Set<String> failures(TestExecutionSummary summary) {
        Set<String> names = new TreeSet<>();
        summary.getFailures().forEach(failure -> names.add(name(failure.getTestIdentifier())));
        return names;
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName())
                .orElse(test.getDisplayName());
    }
}
