package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster members}: who is in a group. */
@Command(
        name = "members",
        header = "List the members of a group, with what each can do.",
        footer = {"", "Exit status: 1 where there is no such group."})
final class MembersCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
    private String name = "";

    @Override
    public Integer call() {
        try (Coordinator coordinator = store.connect()) {
            List<Member> members = coordinator.group(name).members();
            Table table = new Table("MEMBER", "JOINED", "INCARNATION", "CAPABILITIES");
            for (Member member : members) {
                if (output.json) {
                    output.json(fields(name, member));
                }
                table.row(
                        member.id(),
                        Output.clock(member.joinedAt()),
                        Long.toString(member.incarnation()),
                        JsonText.of(member.capabilities().value()));
            }
            output.table(table, "group " + name + " has no members");
            return ExitCode.OK;
        }
    }

    static Map<String, @Nullable Object> fields(String group, Member member) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("group", group);
        fields.put("member", member.id());
        fields.put("incarnation", Long.toString(member.incarnation()));
        fields.put("revision", Long.toString(member.revision()));
        fields.put("joined", member.joinedAt());
        fields.put("capabilities", member.capabilities().value());
        return fields;
    }
}
