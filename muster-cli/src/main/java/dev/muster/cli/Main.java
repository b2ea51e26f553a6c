package dev.muster.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** Where {@code muster} begins. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its status. */
    public static void main(String[] args) {
        if (System.getProperty("muster.log") == null) {
            System.setProperty("muster.log", logLevel(Arrays.asList(args)));
        }
        System.exit(commandLine().execute(args));
    }

    /** To be known before the first logger is made. What the suites provoke on purpose is no news. */
    private static String logLevel(List<String> args) {
        if (args.contains("--verbose")) {
            return "DEBUG";
        }
        return args.contains("conformance") ? "OFF" : "WARN";
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
