package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.Member;
import dev.muster.store.Cancellable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells of the members of a group: those that are there, then what changes. */
final class GroupReport {

    private final String name;
    private final Report report;

    /** By id, the member as it was told last. */
    private final Map<String, Member> known = new HashMap<>();

    private @Nullable List<GroupEvent> early = new ArrayList<>();

    GroupReport(String name, Report report) {
        this.name = name;
        this.report = report;
    }

    /** Listens first and lists then, so that nothing is missed in between. */
    Cancellable start(Coordinator coordinator) {
        Group group = coordinator.group(name);
        Cancellable watching = group.watch(this::onEvent);
        List<Member> members = group.members();
        synchronized (this) {
            members.forEach(member -> {
                known.put(member.id(), member);
                tell("present", member);
            });
            List<GroupEvent> waiting = early == null ? List.of() : early;
            early = null;
            waiting.forEach(this::onEvent);
        }
        return watching;
    }

    private synchronized void onEvent(GroupEvent event) {
        if (early != null) {
            early.add(event);
        } else if (event instanceof GroupEvent.Joined joined) {
            onMember("joined", joined.member());
        } else if (event instanceof GroupEvent.Updated updated) {
            onMember("updated", updated.member());
        } else if (event instanceof GroupEvent.Left left) {
            onLeft(left.member());
        } else {
            report.tell(
                    clock() + " deleted  group " + name, Map.of("event", "deleted", "group", name, "at", Output.now()));
        }
    }

    private void onMember(String event, Member member) {
        Member before = known.get(member.id());
        if (before == null || before.revision() < member.revision()) {
            known.put(member.id(), member);
            tell(event, member);
        }
    }

    private void onLeft(Member member) {
        Member before = known.get(member.id());
        if (before != null && before.incarnation() <= member.incarnation()) {
            known.remove(member.id());
            tell("left", member);
        }
    }

    private void tell(String event, Member member) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("event", event);
        fields.putAll(MembersCommand.fields(name, member));
        fields.put("at", Output.now());
        String capabilities = event.equals("left")
                ? ""
                : " " + JsonText.of(member.capabilities().value());
        report.tell(clock() + " " + String.format("%-8s", event) + " " + member.id() + capabilities, fields);
    }

    private static String clock() {
        return Output.clock(Output.now());
    }
}
