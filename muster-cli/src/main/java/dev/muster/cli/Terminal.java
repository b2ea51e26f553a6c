package dev.muster.cli;

/**
 * What this process writes to. The launcher looks, and says so in system properties: Java cannot tell one stream from
 * another.
 *
 * @param output whether standard output is a terminal that understands ANSI sequences
 * @param errors whether standard error is
 */
public record Terminal(boolean output, boolean errors, int columns, int rows) {

    static Terminal ofProcess() {
        return new Terminal(
                Boolean.getBoolean("muster.terminal.output"),
                Boolean.getBoolean("muster.terminal.errors"),
                Integer.getInteger("muster.terminal.columns", 100),
                Integer.getInteger("muster.terminal.rows", 40));
    }
}
