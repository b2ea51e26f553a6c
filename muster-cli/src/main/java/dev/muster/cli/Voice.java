package dev.muster.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How a command speaks: results to standard output, all else to standard error. */
class Voice {

    @Spec(Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help, and exit.")
    boolean help;

    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    PrintWriter err() {
        return spec().commandLine().getErr();
    }

    /** A line of the result. */
    void line(String text) {
        PrintWriter out = out();
        out.println(text);
        out.flush();
    }

    /** Something for people, that is no result. */
    void note(String text) {
        PrintWriter err = err();
        err.println("muster: " + text);
        err.flush();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("a voice belongs to a command");
        }
        return spec;
    }
}
