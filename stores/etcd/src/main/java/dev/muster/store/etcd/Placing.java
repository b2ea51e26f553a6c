package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.etcd.Slots.Slot;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which key each entry lies that a commit names. A name of the form of appended ones may be in the slot of its turn
 * (which is tried first), in one that took over, or in a key of its own. Where a transaction did not apply, what it found
 * tells: {@link #learn}.
 */
final class Placing {

    /** More than can be in the slots of one turn, as long as a directory keeps to the limit on its names. */
    private static final int LOOKED_AT = 1_000;

    private final ByteString directory;
    private final Map<String, Place> places = new HashMap<>();

    /** Names whose places were looked for. */
    private final Set<String> learned = new HashSet<>();

    /** Keys of slots that were found to be taken, by the revision of the look. */
    private final Set<ByteString> taken = new HashSet<>();

    Placing(ByteString directory) {
        this.directory = directory;
    }

    /**
     * Where an entry is taken to be.
     *
     * @param slot null for a name that is never in one
     * @param key of the entry, or where it would be put
     * @param inSlot whether the key is a slot's
     * @param none the revision of etcd at which the name was in no slot; 0 where that was not looked at
     */
    record Place(@Nullable Slot slot, ByteString key, boolean inSlot, long none) {

        /** Adds what must hold for the place to be the right one, whether or not the entry is there. */
        void pin(TxnRequest.Builder request) {
            if (slot == null) {
                return;
            }
            if (inSlot) {
                request.addCompare(Ops.valueAbove(key, slot.floor())).addCompare(Ops.valueBelow(key, slot.ceiling()));
            } else {
                absentFromSlots(request);
            }
        }

        void absentFromSlots(TxnRequest.Builder request) {
            if (slot != null) {
                request.addCompare(Ops.noneCreatedAfter(slot.key(), slot.end(), none));
            }
        }

        ByteString value(ByteString content) {
            return inSlot && slot != null ? slot.value(content) : content;
        }
    }

    Place of(String name) {
        Place known = places.get(name);
        if (known == null) {
            Slot slot = Slots.of(directory, name);
            known = slot == null
                    ? new Place(null, directory.concat(ByteString.copyFromUtf8(name)), false, 0)
                    : new Place(slot, slot.key(), true, 0);
            places.put(name, known);
        }
        return known;
    }

    /** Where a put without a guard goes at first: what was appended is rarely put, and others have such names too. */
    Place ofPut(String name) {
        return learned.contains(name) ? of(name) : absent(name);
    }

    /** Where an entry is put that is not there. */
    Place absent(String name) {
        Place known = of(name);
        return new Place(known.slot(), plain(name), false, known.none());
    }

    /** The key of its own that a name would have. */
    ByteString plain(String name) {
        return directory.concat(ByteString.copyFromUtf8(name));
    }

    /**
     * Where to append an owned entry.
     *
     * @param used keys that the transaction names already
     */
    Place free(String name, Set<ByteString> used) {
        Slot slot = Slots.of(directory, name);
        if (slot == null) {
            return new Place(null, plain(name), false, 0);
        }
        int after = 0;
        while (used.contains(slot.key(after)) || taken.contains(slot.key(after))) {
            after++;
        }
        return new Place(slot, slot.key(after), true, 0);
    }

    /** Adds what finds the entry, wherever it is. */
    void look(String name, TxnRequest.Builder request) {
        Slot slot = of(name).slot();
        if (slot != null) {
            request.addFailure(Ops.range(slot.key(), slot.end(), LOOKED_AT));
        }
        request.addFailure(Ops.look(plain(name)));
    }

    int looks(String name) {
        return of(name).slot() == null ? 1 : 2;
    }

    /**
     * Reads what {@link #look} found.
     *
     * @param next the first of its answers
     * @param etcdRevision of the look
     * @return the entry, or null where there is none
     */
    @Nullable
    KeyValue learn(String name, List<ResponseOp> found, int next, long etcdRevision) {
        Slot slot = of(name).slot();
        KeyValue plain = CommitPlan.only(found.get(next + looks(name) - 1));
        if (slot == null) {
            return plain;
        }
        learned.add(name);
        for (KeyValue one : found.get(next).getResponseRange().getKvsList()) {
            taken.add(one.getKey());
            if (slot.isIn(one.getValue())) {
                places.put(name, new Place(slot, one.getKey(), true, 0));
                return one;
            }
        }
        places.put(name, new Place(slot, plain(name), false, etcdRevision));
        return plain;
    }

    /** Forgets which slots were taken: the next look tells anew. */
    void forgetTaken() {
        taken.clear();
    }
}
