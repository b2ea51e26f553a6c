package dev.muster.store.testkit;

import java.io.Serial;
import org.opentest4j.TestAbortedException;

/** Ends a test whose promise the engine does not make; other aborted tests could not be tried. */
public final class NotPromised extends TestAbortedException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** With the reason, for people. */
    public NotPromised(String reason) {
        super(reason);
    }
}
