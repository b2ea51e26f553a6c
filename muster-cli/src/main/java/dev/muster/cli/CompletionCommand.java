package dev.muster.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code muster completion}: the script that lets a shell complete commands and options. */
@Command(
        name = "completion",
        header = "Print the completion script for a shell.",
        footerHeading = "%nExample:%n",
        footer = "  source <(muster completion bash)")
final class CompletionCommand implements Callable<Integer> {

    /** The shells that the script serves: it is one for both. */
    enum Shell {
        BASH,
        ZSH
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Voice voice = new Voice();

    @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}, in lower case.")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        var root = spec.root().commandLine();
        voice.out().println("# source <(muster completion " + shell.name().toLowerCase(Locale.ROOT) + ")");
        voice.out().print(AutoComplete.bash("muster", root));
        voice.out().flush();
        return ExitCode.OK;
    }
}
