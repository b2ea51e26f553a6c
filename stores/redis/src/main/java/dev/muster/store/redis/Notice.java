package dev.muster.store.redis;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a script published of one commit, on a directory or on one entry.
 *
 * @param before the revision of what is watched before it, 0 where it was empty
 * @param after the revision of what is watched after it, 0 where it is empty
 * @param ended the session whose end this is; null where it is an ordinary commit
 */
record Notice(long before, long after, @Nullable String ended, WatchEvent.Changed change) {

    static Notice read(byte[] text, int from) {
        int first = Reply.indexOf(text, 0, from);
        int second = Reply.indexOf(text, 0, first + 1);
        int third = Reply.indexOf(text, 0, second + 1);
        long revision = Reply.number(text, first + 1, second);
        List<Entry> puts = new ArrayList<>();
        List<WatchEvent.Removal> removals = new ArrayList<>();
        int at = third + 1;
        @Nullable String ended = null;
        if (at < text.length && text[at] == 'E') {
            int end = Reply.indexOf(text, 0, at);
            ended = Reply.text(text, at + 1, end);
            at = end + 1;
        }
        while (at < text.length) {
            int name = Reply.indexOf(text, 0, at + 1);
            int created = Reply.indexOf(text, 0, name + 1);
            String named = Reply.text(text, at + 1, name);
            long since = Reply.number(text, name + 1, created);
            if (text[at] == 'D') {
                removals.add(new WatchEvent.Removal(named, since));
                at = created + 1;
                continue;
            }
            int owner = Reply.indexOf(text, 0, created + 1);
            int size = Reply.indexOf(text, 0, owner + 1);
            int end = size + 1 + (int) Reply.number(text, owner + 1, size);
            puts.add(new Entry(
                    named, Reply.value(text, size + 1, end), since, revision, Reply.owner(text, created + 1, owner)));
            at = end;
        }
        puts.sort(Entry.CREATION_ORDER);
        return new Notice(
                Reply.number(text, from, first),
                Reply.number(text, second + 1, third),
                ended,
                new WatchEvent.Changed(revision, List.copyOf(puts), List.copyOf(removals)));
    }
}
