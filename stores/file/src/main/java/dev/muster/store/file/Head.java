package dev.muster.store.file;

import dev.muster.store.Entry;
import dev.muster.store.Names;
import dev.muster.store.WatchEvent;

/** What the store keeps of a directory besides its entries. */
record Head(long directory, long revision, int entries, int nameBytes, int watchers) {

    /** As it is once this was applied. */
    Head after(WatchEvent.Changed changed) {
        int count = entries;
        int bytes = nameBytes;
        for (Entry put : changed.puts()) {
            if (put.created() == changed.revision()) {
                count++;
                bytes += Names.utf8Length(put.name());
            }
        }
        for (WatchEvent.Removal removal : changed.removals()) {
            count--;
            bytes -= Names.utf8Length(removal.name());
        }
        return new Head(directory, changed.revision(), count, bytes, watchers);
    }
}
