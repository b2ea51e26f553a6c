package dev.muster.cli.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.muster.cli.conformance.Verdict.Outcome;
import dev.muster.store.testkit.StoreConformance;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the suites of the testkit on the JUnit Platform. */
public final class Conformance {

    private Conformance() {}

    /** Checks every promise at the store, and tells of each as it is decided. */
    public static void run(String storeUrl, Consumer<Verdict> onVerdict) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(StoreConformance.class))
                .configurationParameter(StoreConformance.URL, storeUrl)
                .build();
        LauncherFactory.create().execute(request, new Listener(onVerdict));
    }

    private static final class Listener implements TestExecutionListener {

        private final Consumer<Verdict> onVerdict;
        private @Nullable TestPlan plan;

        Listener(Consumer<Verdict> onVerdict) {
            this.onVerdict = onVerdict;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            tell(test, Outcome.SKIPPED, reason, null);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Throwable cause = result.getThrowable().orElse(null);
            String reason = cause == null ? "" : String.valueOf(cause.getMessage());
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (test.isTest()) {
                        tell(test, Outcome.HOLDS, "", null);
                    }
                }
                case ABORTED -> tell(test, Outcome.SKIPPED, reason, null);
                case FAILED -> tell(test, Outcome.BROKEN, reason, cause);
            }
        }

        private void tell(TestIdentifier test, Outcome outcome, String reason, @Nullable Throwable cause) {
            String chapter = plan == null
                    ? ""
                    : plan.getParent(test).map(TestIdentifier::getDisplayName).orElse("");
            onVerdict.accept(new Verdict(chapter, test.getDisplayName(), outcome, reason, cause));
        }
    }
}
