package dev.muster.store;

import java.util.List;
import java.util.Optional;

/**
 * One state of a directory that existed, in order of creation.
 *
 * @param revision not older than any change that the listing shows
 */
public record Listing(long revision, List<Entry> entries) {

    public Listing {
        entries = List.copyOf(entries);
    }

    public Optional<Entry> find(String name) {
        for (Entry entry : entries) {
            if (entry.name().equals(name)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    public List<String> names() {
        return entries.stream().map(Entry::name).toList();
    }
}
