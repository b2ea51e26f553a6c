package dev.muster.cli;

import dev.muster.coordination.election.NotLeader;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.group.GroupNotFound;
import dev.muster.coordination.group.MemberAlreadyJoined;
import dev.muster.coordination.group.MemberNotJoined;
import dev.muster.coordination.lock.LockAcquireFailed;
import dev.muster.coordination.lock.LockNotHeld;
import dev.muster.store.Await;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.NotSupported;
import dev.muster.store.SessionLostException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error and an exit status. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final Set<Class<?>> NEGATIVE =
            Set.of(GroupNotFound.class, MemberNotJoined.class, MemberAlreadyJoined.class, LockAcquireFailed.class);
    private static final Set<Class<?>> USAGE = Set.of(InvalidArgument.class, NotSupported.class);
    private static final Set<Class<?>> LOST =
            Set.of(SessionLostException.class, LockNotHeld.class, NotLeader.class, StaleToken.class);

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        Throwable cause = Await.cause(failure);
        PrintWriter err = command.getErr();
        int status = status(cause);
        if (status == ExitCode.INTERNAL) {
            err.println("muster: this should not have happened: " + cause
                    + ". Run it again with --verbose, and please report what that shows.");
        } else {
            err.println("muster: " + cause.getMessage());
        }
        if (isVerbose(command)) {
            cause.printStackTrace(err);
        }
        err.flush();
        return status;
    }

    static int status(Throwable cause) {
        if (NEGATIVE.contains(cause.getClass())) {
            return ExitCode.NEGATIVE;
        }
        if (USAGE.contains(cause.getClass())) {
            return ExitCode.USAGE;
        }
        if (LOST.contains(cause.getClass())) {
            return ExitCode.LOST;
        }
        return cause instanceof MusterException ? ExitCode.STORE : ExitCode.INTERNAL;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("muster: " + failure.getMessage());
        List<String> suggestions =
                failure instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        if (!suggestions.isEmpty()) {
            err.println("Did you mean " + String.join(" or ", suggestions) + "?");
        }
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return ExitCode.USAGE;
    }

    private static boolean isVerbose(CommandLine command) {
        CommandLine root = command;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return root.getCommand() instanceof MusterCommand muster && muster.verbose;
    }
}
