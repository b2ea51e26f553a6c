package dev.muster.cli;

import java.util.Arrays;
import picocli.CommandLine;

/** Where {@code muster} begins. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its status. */
    public static void main(String[] args) {
        // Before the first logger is made: it reads its level once.
        if (Arrays.asList(args).contains("--verbose") && System.getProperty("muster.log") == null) {
            System.setProperty("muster.log", "DEBUG");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new MusterCommand());
        Failures failures = new Failures();
        line.setParameterExceptionHandler(failures);
        line.setExecutionExceptionHandler(failures);
        line.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .usageMessage()
                        .parameterListHeading("%nArguments:%n")
                        .optionListHeading("%nOptions:%n"));
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }
}
