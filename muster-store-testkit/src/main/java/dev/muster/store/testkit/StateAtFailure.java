package dev.muster.store.testkit;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Hangs on to a test's failure what the directories of the test held then, so that it is printed with it. */
final class StateAtFailure implements AfterTestExecutionCallback {

    /** Carries text into the printed stack trace. */
    private static final class StateException extends Exception {
        StateException(String state) {
            super(state, null, false, false);
        }
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException()
                .filter(failure -> !(failure instanceof org.opentest4j.TestAbortedException))
                .ifPresent(failure -> failure.addSuppressed(
                        new StateException(((Promises) context.getRequiredTestInstance()).describeState())));
    }
}
