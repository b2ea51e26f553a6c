package dev.muster.coordination.lock;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.List;

/** Reads a lock's directory. */
final class LockQueue {

    private LockQueue() {}

    /** The entries that hold the lock: the oldest one if exclusive, else the shared ones before the first exclusive. */
    static List<Entry> holders(Listing listing) {
        List<Entry> holders = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            if (!LockMode.isRequest(entry.name())) {
                continue;
            }
            boolean exclusive = entry.name().startsWith(LockMode.EXCLUSIVE.prefix);
            if (exclusive && !holders.isEmpty()) {
                break;
            }
            holders.add(entry);
            if (exclusive) {
                break;
            }
        }
        return holders;
    }

    static List<LockRequest> requests(Listing listing) {
        List<Entry> holders = holders(listing);
        return listing.entries().stream()
                .filter(entry -> LockMode.isRequest(entry.name()))
                .map(entry -> request(entry, holders.contains(entry)))
                .toList();
    }

    private static LockRequest request(Entry entry, boolean holder) {
        LockEntry said = LockEntry.of(entry);
        LockMode mode = entry.name().startsWith(LockMode.SHARED.prefix) ? LockMode.SHARED : LockMode.EXCLUSIVE;
        return new LockRequest(said.memberId(), mode, holder, new FencingToken(entry.created()), said.since());
    }
}
