package dev.muster.coordination.group;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the changes of a group's directory into events, from the first listing on. Confined to its watch's executor. */
final class GroupFollower {

    private static final Logger LOG = LoggerFactory.getLogger(GroupFollower.class);

    private final String group;
    private final Consumer<GroupEvent> listener;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean listed;

    /** Of what is known. */
    private long revision;

    /** The revision that created the group; 0 while there is none. */
    private long created;

    GroupFollower(String group, Consumer<GroupEvent> listener) {
        this.group = group;
        this.listener = listener;
    }

    /** The members as of the last event, in the order in which they became known. */
    List<Member> members() {
        return List.copyOf(members.values());
    }

    /** Takes the first listing as what is known, and tells what later events add to it. Older ones add nothing. */
    void onEvent(WatchEvent event) {
        if (event instanceof WatchEvent.Listed all && (!listed || all.revision() >= revision)) {
            onListed(all.listing().entries());
        } else if (event instanceof WatchEvent.Changed changed && changed.revision() > revision) {
            changed.removals().forEach(removal -> onRemoved(removal.name(), removal.created()));
            onPuts(changed.puts());
        }
        revision = Math.max(revision, event.revision());
    }

    private void onListed(List<Entry> entries) {
        if (!listed) {
            listed = true;
            entries.forEach(this::learn);
            return;
        }
        Set<String> names = entries.stream().map(Entry::name).collect(Collectors.toSet());
        for (Member member : members()) {
            if (!names.contains(MemberEntry.name(member.id()))) {
                gone(member);
            }
        }
        if (!names.contains(Group.META)) {
            deleted();
        }
        onPuts(entries);
    }

    private void learn(Entry entry) {
        if (entry.name().equals(Group.META)) {
            created = entry.created();
        } else if (MemberEntry.isMember(entry.name())) {
            Member member = MemberEntry.decode(entry);
            members.put(member.id(), member);
        }
    }

    private void onRemoved(String entryName, long incarnation) {
        if (entryName.equals(Group.META) && incarnation == created) {
            deleted();
        }
        Member known = known(entryName);
        if (known != null && known.incarnation() == incarnation) {
            gone(known);
        }
    }

    /** What was replaced unseen went before what is there now came. */
    private void onPuts(Collection<Entry> puts) {
        for (Entry entry : puts) {
            Member known = known(entry.name());
            if (known != null && known.incarnation() != entry.created()) {
                gone(known);
            }
        }
        for (Entry entry : puts) {
            if (entry.name().equals(Group.META) && entry.created() != created) {
                deleted();
                created = entry.created();
            }
        }
        puts.stream().filter(entry -> MemberEntry.isMember(entry.name())).forEach(this::onPut);
    }

    private void onPut(Entry entry) {
        Member known = known(entry.name());
        if (known == null || known.revision() < entry.modified()) {
            Member member = MemberEntry.decode(entry);
            members.put(member.id(), member);
            tell(known == null ? new GroupEvent.Joined(group, member) : new GroupEvent.Updated(group, member));
        }
    }

    private @Nullable Member known(String entryName) {
        return MemberEntry.isMember(entryName) ? members.get(MemberEntry.memberId(entryName)) : null;
    }

    private void gone(Member member) {
        members.remove(member.id());
        tell(new GroupEvent.Left(group, member));
    }

    /** One event that a listener throws at must not cost it the others. */
    private void tell(GroupEvent event) {
        try {
            listener.accept(event);
        } catch (Exception e) {
            LOG.warn("a listener for group {} threw; it is told the next event", group, e);
        }
    }

    private void deleted() {
        if (created != 0) {
            created = 0;
            tell(new GroupEvent.Deleted(group));
        }
    }
}
