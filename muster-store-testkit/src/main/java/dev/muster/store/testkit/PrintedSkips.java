package dev.muster.store.testkit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints which promise was skipped and why, where no launcher does. */
final class PrintedSkips implements TestWatcher {

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        if (context.getConfigurationParameter(StoreConformance.URL).isEmpty()) {
            System.out.println("skipped: " + context.getDisplayName() + ": "
                    + Optional.ofNullable(cause).map(Throwable::getMessage).orElse("no reason given"));
        }
    }
}
