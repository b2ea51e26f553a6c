package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits and listings as words of one line, for histories that several processes write. Names and values must hold
 * neither spaces nor colons.
 */
final class HistoryText {

    private HistoryText() {}

    static String of(Commit commit) {
        List<String> words = new ArrayList<>();
        for (Guard guard : commit.guards()) {
            words.add(of(guard));
        }
        for (Change change : commit.changes()) {
            words.add(
                    change instanceof Change.Put put
                            ? "put:" + put.name() + ":" + put.value().utf8()
                            : "delete:" + change.name());
        }
        return String.join(" ", words);
    }

    static String of(Guard guard) {
        if (guard instanceof Guard.At at) {
            return "at:" + at.name() + ":" + at.revision();
        }
        if (guard instanceof Guard.Created created) {
            return "created:" + created.name() + ":" + created.revision();
        }
        return (guard instanceof Guard.Absent ? "absent:" : "present:") + guard.name();
    }

    static Commit commit(String directory, List<String> words) {
        Commit.Builder builder = Commit.in(directory);
        for (String word : words) {
            String[] parts = word.split(":", -1);
            switch (parts[0]) {
                case "put" -> builder.put(parts[1], Bytes.utf8(parts[2]));
                case "delete" -> builder.delete(parts[1]);
                default -> builder.guard(guard(word));
            }
        }
        return builder.build(Commit.Reply.ENTRIES);
    }

    static Guard guard(String word) {
        String[] parts = word.split(":", -1);
        return switch (parts[0]) {
            case "at" -> new Guard.At(parts[1], Long.parseLong(parts[2]));
            case "created" -> new Guard.Created(parts[1], Long.parseLong(parts[2]));
            case "absent" -> new Guard.Absent(parts[1]);
            case "present" -> new Guard.Present(parts[1]);
            default -> throw new IllegalArgumentException("no guard: " + word);
        };
    }

    static String of(Listing listing) {
        StringBuilder text = new StringBuilder().append(listing.revision());
        for (Entry entry : listing.entries()) {
            text.append(' ')
                    .append(entry.name())
                    .append(':')
                    .append(entry.value().utf8())
                    .append(':')
                    .append(entry.created())
                    .append(':')
                    .append(entry.modified());
        }
        return text.toString();
    }

    static Listing listing(List<String> words) {
        List<Entry> entries = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            String[] parts = word.split(":", -1);
            entries.add(new Entry(
                    parts[0], Bytes.utf8(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]), null));
        }
        return new Listing(Long.parseLong(words.get(0)), entries);
    }
}
