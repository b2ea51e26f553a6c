package dev.muster.cli.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import dev.muster.cli.conformance.Verdict.Outcome;
import dev.muster.store.testkit.StoreConformance;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
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
                // Minutes each: they add length, not promises.
                .filters(excludeTags("slow"))
                .configurationParameter(StoreConformance.URL, storeUrl)
                .build();
        LauncherFactory.create().execute(request, new Listener(onVerdict));
    }

    private static final class Listener implements TestExecutionListener {

        private final Consumer<Verdict> onVerdict;

        /** Of a promise that is checked with many values, by its id: what came of the first that did not hold. */
        private final Map<String, Verdict> ofMany = new HashMap<>();

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
                    if (isPromise(test)) {
                        tell(test, Outcome.HOLDS, "", null);
                    }
                }
                case ABORTED -> tell(test, Outcome.SKIPPED, reason, null);
                case FAILED -> tell(test, Outcome.BROKEN, reason, cause);
            }
        }

        /** A test method, be it one test or many; and not the many themselves. */
        private static boolean isPromise(TestIdentifier test) {
            return test.getSource().orElse(null) instanceof MethodSource;
        }

        private void tell(TestIdentifier test, Outcome outcome, String reason, @Nullable Throwable cause) {
            TestIdentifier parent = parent(test);
            if (parent != null && isPromise(parent)) {
                if (outcome != Outcome.HOLDS) {
                    ofMany.putIfAbsent(
                            parent.getUniqueId(),
                            verdict(parent, outcome, test.getDisplayName() + ": " + reason, cause));
                }
                return;
            }
            Verdict worst = ofMany.remove(test.getUniqueId());
            onVerdict.accept(worst != null ? worst : verdict(test, outcome, reason, cause));
        }

        private Verdict verdict(TestIdentifier test, Outcome outcome, String reason, @Nullable Throwable cause) {
            TestIdentifier chapter = parent(test);
            return new Verdict(
                    chapter == null ? "" : chapter.getDisplayName(), test.getDisplayName(), outcome, reason, cause);
        }

        private @Nullable TestIdentifier parent(TestIdentifier test) {
            return plan == null ? null : plan.getParent(test).orElse(null);
        }
    }
}
