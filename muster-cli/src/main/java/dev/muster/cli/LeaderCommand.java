package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.election.Leader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster leader}: who leads. */
@Command(
        name = "leader",
        header = "Show who leads an election, or all of them.",
        footer = {"", "Exit status: 1 where an election was named and nobody leads it."})
final class LeaderCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Name of the election. Default: all.")
    private @Nullable String name;

    @Override
    public Integer call() {
        try (Coordinator coordinator = store.connect()) {
            List<String> names = name == null ? coordinator.electionNames() : List.of(name);
            Table table = new Table("ELECTION", "LEADER", "TERM");
            for (String each : names) {
                Optional<Leader> leader = coordinator.election(each).leader();
                leader.ifPresent(who -> show(table, each, who));
            }
            if (name != null && table.isEmpty()) {
                output.note("nobody leads election " + name);
                return ExitCode.NEGATIVE;
            }
            output.table(table, "nobody leads anything in namespace " + store.namespace);
            return ExitCode.OK;
        }
    }

    private void show(Table table, String election, Leader leader) {
        if (output.json) {
            output.json(Map.of("election", election, "leader", leader.memberId(), "token", leader.token()));
        }
        table.row(election, leader.memberId(), leader.token().toString());
    }
}
