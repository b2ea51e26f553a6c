package dev.muster.benchmarks.harness;

import java.io.PrintStream;

/** One line on a terminal that says what is being measured; on anything else, nothing but what to know. */
public final class Progress {

    private final PrintStream out;
    private final boolean terminal;
    private int width;

    /** @param terminal whether the stream is one, so that a line can be written over */
    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** What goes on now: replaced by the next. */
    public void now(String what) {
        if (terminal) {
            out.print("\r" + what + " ".repeat(Math.max(0, width - what.length())));
            out.flush();
            width = what.length();
        }
    }

    /** Something to keep. */
    public void say(String what) {
        clear();
        out.println(what);
    }

    public void clear() {
        if (width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            width = 0;
        }
    }
}
