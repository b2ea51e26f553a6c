package dev.muster.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code muster}: what all commands share, and the list of them. */
@Command(
        name = "muster",
        mixinStandardHelpOptions = true,
        version = {"muster 0.1.0-SNAPSHOT", "Java ${java.version}, ${os.name} ${os.arch}"},
        header = "Processes of a fleet find each other, agree, and stay running.",
        description = {"", "Each command works on one store, which all processes that coordinate must name alike."},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        subcommands = {
            DemoCommand.class,
            DemoWorkerCommand.class,
            LockCommand.class,
            LocksCommand.class,
            ElectCommand.class,
            LeaderCommand.class,
            JoinCommand.class,
            GroupsCommand.class,
            MembersCommand.class,
            WatchCommand.class,
            ConformanceCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
        },
        exitCodeListHeading = "%nExit status (a command that was run gives its own instead):%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: lock busy, no leader, no such group, a promise broken",
            "2:the command line cannot be understood, or asks for what the store does not promise",
            "3:the store cannot be reached, or cannot serve",
            "4:the lock or the office was lost while the command ran; the command was stopped",
            "70:a fault of this program: please report it, with the output of --verbose",
            "126, 127:the command to run cannot be run, or is not there",
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  MUSTER_STORE       URL of the store, where --store is not given",
            "  MUSTER_NAMESPACE   where in the store, where --namespace is not given",
            "  MUSTER_MEMBER      who this process is, where --member is not given",
            "  XDG_STATE_HOME     where the default store lies (~/.local/state)",
            "",
            "'muster COMMAND --help' tells more, with examples."
        })
final class MusterCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show stack traces, and log in detail to standard error.")
    boolean verbose;

    MusterCommand() {
        this.spec = CommandSpec.create();
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
