package dev.muster.coordination.group;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Turns the changes of a group's directory into events, from the first listing on. Confined to its watch's executor. */
final class GroupFollower {

    private final String group;
    private final Consumer<GroupEvent> listener;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean listed;

    GroupFollower(String group, Consumer<GroupEvent> listener) {
        this.group = group;
        this.listener = listener;
    }

    /** The members as of the last event, in the order in which they became known. */
    List<Member> members() {
        return List.copyOf(members.values());
    }

    void onEvent(WatchEvent event) {
        if (event instanceof WatchEvent.Listed all) {
            onListed(all);
        } else if (event instanceof WatchEvent.Changed changed) {
            changed.removals().forEach(removal -> onRemoved(removal.name(), removal.created()));
            changed.puts().forEach(this::onPut);
        }
    }

    private void onListed(WatchEvent.Listed event) {
        Map<String, Entry> now = new LinkedHashMap<>();
        event.listing().entries().forEach(entry -> now.put(entry.name(), entry));
        if (!listed) {
            listed = true;
            now.values().stream()
                    .filter(entry -> MemberEntry.isMember(entry.name()))
                    .map(MemberEntry::decode)
                    .forEach(member -> members.put(member.id(), member));
            return;
        }
        for (Member member : Map.copyOf(members).values()) {
            if (!now.containsKey(MemberEntry.name(member.id()))) {
                onRemoved(MemberEntry.name(member.id()), member.incarnation());
            }
        }
        if (!now.containsKey(Group.META)) {
            listener.accept(new GroupEvent.Deleted(group));
        }
        now.values().forEach(this::onPut);
    }

    private void onRemoved(String entryName, long created) {
        if (entryName.equals(Group.META)) {
            listener.accept(new GroupEvent.Deleted(group));
        } else if (MemberEntry.isMember(entryName)) {
            Member known = members.get(MemberEntry.memberId(entryName));
            if (known != null && known.incarnation() == created) {
                members.remove(known.id());
                listener.accept(new GroupEvent.Left(group, known));
            }
        }
    }

    private void onPut(Entry entry) {
        if (!MemberEntry.isMember(entry.name())) {
            return;
        }
        Member known = members.get(MemberEntry.memberId(entry.name()));
        if (known != null && known.incarnation() != entry.created()) {
            onRemoved(entry.name(), known.incarnation());
            known = null;
        }
        if (known == null || known.revision() < entry.modified()) {
            Member member = MemberEntry.decode(entry);
            members.put(member.id(), member);
            listener.accept(
                    known == null ? new GroupEvent.Joined(group, member) : new GroupEvent.Updated(group, member));
        }
    }
}
