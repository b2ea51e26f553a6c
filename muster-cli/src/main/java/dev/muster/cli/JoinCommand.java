package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Membership;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster join}: is a member of a group, on behalf of a command. */
@Command(
        name = "join",
        customSynopsis = "muster join [OPTIONS] GROUP [-- COMMAND...]",
        header = "Be a member of a group while a command runs.",
        description = {
            "",
            "Joins the group, creating it where it is not there, runs the command, and leaves when the command ends. Without"
                    + " a command it is a member until it is stopped (Ctrl-C)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  muster join web --capability port=8080 --capability zone=b -- ./server",
            "",
            "Exit status: the command's; 1 where a member of this id is in the group already; 4 where the membership was",
            "lost."
        })
final class JoinCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Voice voice = new Voice();

    @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run as a member, after '--'.")
    private List<String> command = List.of();

    @Option(
            names = {"-c", "--capability"},
            paramLabel = "KEY=VALUE",
            description = "Something that this member tells of itself; may be given many times.")
    private Map<String, String> capabilities = new LinkedHashMap<>();

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationArgument.class,
            description = "How long the command has to end by itself once told to. Default: 5s.")
    private Duration grace = Duration.ofSeconds(5);

    @Override
    public Integer call() throws InterruptedException {
        try (Coordinator coordinator = store.connect()) {
            Membership membership = coordinator.group(name).joinOrCreate(Capabilities.of(capabilities));
            if (!command.isEmpty()) {
                Map<String, String> environment = Map.of("MUSTER_GROUP", name, "MUSTER_MEMBER", coordinator.memberId());
                return new OwnedProcess(command, environment, coordinator, membership, grace, voice).run();
            }
            voice.note(coordinator.memberId() + " is a member of group " + name + "; stop it with Ctrl-C");
            CountDownLatch lost = new CountDownLatch(1);
            membership.onLost(cause -> lost.countDown());
            return Leaving.during(() -> awaitLoss(lost), coordinator::close);
        }
    }

    private int awaitLoss(CountDownLatch lost) throws InterruptedException {
        lost.await();
        voice.note("the membership in group " + name + " was lost");
        return ExitCode.LOST;
    }
}
