package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.GroupNotFound;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code muster groups}: which groups there are. */
@Command(name = "groups", header = "List the groups, with how many members each has.")
final class GroupsCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (Coordinator coordinator = store.connect()) {
            Table table = new Table("GROUP", "MEMBERS");
            for (String name : coordinator.groups()) {
                OptionalInt members = members(coordinator, name);
                if (members.isEmpty()) {
                    continue;
                }
                if (output.json) {
                    output.json(Map.of("group", name, "members", members.getAsInt()));
                }
                table.row(name, Integer.toString(members.getAsInt()));
            }
            output.table(table, "there is no group in namespace " + store.namespace);
            return ExitCode.OK;
        }
    }

    /** Empty where the group was deleted since it was listed. */
    private static OptionalInt members(Coordinator coordinator, String name) {
        try {
            return OptionalInt.of(coordinator.group(name).members().size());
        } catch (GroupNotFound gone) {
            return OptionalInt.empty();
        }
    }
}
