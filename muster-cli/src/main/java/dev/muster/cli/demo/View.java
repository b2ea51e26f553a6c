package dev.muster.cli.demo;

import java.time.Duration;

/** Where a demo shows itself. Called by one thread. */
public interface View {

    /** Something has happened that is worth a line. */
    void tell(Duration elapsed, String text);

    /** How things are. Called often. */
    void show(Look look);

    /** From now on, only lines come. */
    void end();
}
