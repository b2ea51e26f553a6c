package dev.muster.cli.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.muster.cli.conformance.Verdict.Outcome;
import dev.muster.coordination.testkit.RecipeConformance;
import dev.muster.store.testkit.NotPromised;
import dev.muster.store.testkit.StoreConformance;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the suites of the testkit on the JUnit Platform. */
public final class Conformance {

    private Conformance() {}

    /** Is told how it goes, by one thread after another. */
    public interface Observer {

        /** Before the first. */
        void begins(long promises);

        /** Before each, with its name. */
        void tries(String promise);

        /** After each. */
        void decided(Verdict verdict);
    }

    /**
     * Checks every promise of the store and of the recipes on it, and tells of each before and once it is decided.
     *
     * @param only what the promise, or the chapter that it belongs to, shall have in its name; empty for all
     * @param slow whether to run the suites that take minutes, too: they add length, not promises
     */
    public static void run(String storeUrl, String only, boolean slow, Observer observer) {
        PostDiscoveryFilter wanted = descriptor -> FilterResult.includedIf(
                !isPromise(descriptor.getSource()) || ((slow || !isSlow(descriptor)) && names(descriptor, only)));
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(StoreConformance.class), selectClass(RecipeConformance.class))
                .filters(wanted)
                .configurationParameter(StoreConformance.URL, storeUrl)
                .build();
        LauncherFactory.create().execute(request, new Listener(observer));
    }

    private static boolean isSlow(TestDescriptor descriptor) {
        return descriptor.getTags().contains(TestTag.create("slow"));
    }

    private static boolean names(TestDescriptor descriptor, String wanted) {
        String text = wanted.toLowerCase(Locale.ROOT);
        return Stream.concat(Stream.of(descriptor), descriptor.getAncestors().stream())
                .anyMatch(one -> one.getDisplayName().toLowerCase(Locale.ROOT).contains(text));
    }

    /** A test method, be it one test or many; and not the many themselves. */
    private static boolean isPromise(Optional<TestSource> source) {
        return source.orElse(null) instanceof MethodSource;
    }

    private static final class Listener implements TestExecutionListener {

        private static final String ASSUMPTION = "Assumption failed: ";

        private final Observer observer;

        /** Of a promise that is checked with many values, by its id: what came of the first that did not hold. */
        private final Map<String, Verdict> ofMany = new HashMap<>();

        private @Nullable TestPlan plan;

        Listener(Observer observer) {
            this.observer = observer;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
            long all = started.countTestIdentifiers(test -> isPromise(test.getSource()));
            observer.begins(all);
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            if (isPromise(test.getSource())) {
                observer.tries(test.getDisplayName());
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            tell(test, Outcome.NOT_TRIED, reason, null);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Throwable cause = result.getThrowable().orElse(null);
            String reason = cause == null ? "" : reason(cause);
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (isPromise(test.getSource())) {
                        tell(test, Outcome.HOLDS, "", null);
                    }
                }
                case ABORTED ->
                    tell(test, cause instanceof NotPromised ? Outcome.NOT_PROMISED : Outcome.NOT_TRIED, reason, null);
                case FAILED -> tell(test, Outcome.BROKEN, reason, cause);
            }
        }

        private static String reason(Throwable cause) {
            String message = String.valueOf(cause.getMessage());
            return message.startsWith(ASSUMPTION) ? message.substring(ASSUMPTION.length()) : message;
        }

        private void tell(TestIdentifier test, Outcome outcome, String reason, @Nullable Throwable cause) {
            TestIdentifier parent = parent(test);
            if (parent != null && isPromise(parent.getSource())) {
                if (outcome != Outcome.HOLDS) {
                    ofMany.putIfAbsent(
                            parent.getUniqueId(),
                            verdict(parent, outcome, test.getDisplayName() + ": " + reason, cause));
                }
                return;
            }
            Verdict worst = ofMany.remove(test.getUniqueId());
            observer.decided(worst != null ? worst : verdict(test, outcome, reason, cause));
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
