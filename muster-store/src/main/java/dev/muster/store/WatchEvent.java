package dev.muster.store;

import java.util.List;

/** What a watch tells. */
public sealed interface WatchEvent {

    /** The listener holds, for every entry it may see, a state at least as new as this. */
    long revision();

    /**
     * A full listing: forget what was known before.
     *
     * @param fresh false for the first event of a watch; true where changes were lost and this makes up for them
     */
    record Listed(Listing listing, boolean fresh) implements WatchEvent {
        @Override
        public long revision() {
            return listing.revision();
        }
    }

    /**
     * One commit, or several folded into one. Removals come before puts: an entry that was replaced is put with another
     * creating revision than it had, whether or not its removal is told.
     *
     * @param puts entries that were created or set, in order of creation
     */
    record Changed(long revision, List<Entry> puts, List<Removal> removals) implements WatchEvent {}

    /** An entry is gone. */
    record Removal(String name, long created) {}
}
