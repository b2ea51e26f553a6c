package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Guard;
import dev.muster.store.etcd.Fence.Slot;
import dev.muster.store.etcd.Placing.Place;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A commit as one transaction of etcd. Its conditions: the fence stands as it did, and so the store is the one expected; the
 * session lives, the guards hold, owned puts name entries that are this session's or new, and entries are where they are
 * taken to be. Where one fails the answer brings what tells which, but for the {@link #brief} form.
 */
final class CommitPlan {

    private final Commit commit;
    private final Incarnation incarnation;
    private final Keys keys;
    private final Slot slot;
    private final ByteString mark;
    private final long fencedAt;
    private final @Nullable EtcdSession session;
    private final ByteString directory;
    private final Placing placing;
    private final Map<String, Boolean> guarded = new HashMap<>();
    private final Set<String> looked = new LinkedHashSet<>();

    /** Keys of slots that this transaction names. */
    private final Set<ByteString> used = new HashSet<>();

    /** Entries of owned puts without a guard: whether they were there when last looked at. */
    private final Set<String> seen;

    /** Whether something is put on the session's lease. */
    private boolean leases;

    CommitPlan(
            Sending sending,
            Incarnation incarnation,
            Keys keys,
            Slot slot,
            @Nullable EtcdSession session,
            Placing placing,
            Set<String> seen) {
        this.commit = sending.commit;
        this.mark = sending.mark;
        this.incarnation = incarnation;
        this.keys = keys;
        this.slot = slot;
        this.fencedAt = sending.fencedAt();
        this.session = session;
        this.placing = placing;
        this.seen = seen;
        this.directory = keys.directory(commit.directory());
        for (Guard guard : commit.guards()) {
            guarded.put(guard.name(), !(guard instanceof Guard.Absent));
            looked.add(guard.name());
        }
    }

    /**
     * The transaction.
     *
     * @param room limits what is in the directory already, or null where there is room for sure
     */
    TxnRequest request(Room.@Nullable Measured room) {
        return request(room, true, true);
    }

    /** Whether it will nearly always apply: what it asks for is only taken away by a fault. */
    boolean isSure() {
        for (Guard guard : commit.guards()) {
            if (guard instanceof Guard.At || guard instanceof Guard.Absent) {
                return false;
            }
        }
        for (Change change : commit.changes()) {
            if (change instanceof Change.Put put && put.owned() && !guarded.containsKey(put.name())) {
                return false;
            }
        }
        return true;
    }

    /**
     * The transaction without what tells why it did not apply, where that is not likely; {@link #request} asks then. Each
     * part of a transaction is sent, logged and taken apart by the server, needed or not.
     */
    TxnRequest brief() {
        return request(null, true, false);
    }

    /** Whether {@link #unmarked} is possible: a commit that only deletes, with a fence that was written before. */
    boolean canGoUnmarked() {
        return fencedAt > 0 && commit.changes().stream().allMatch(Change.Delete.class::isInstance);
    }

    /**
     * The transaction without its mark in the fence, so that it puts nothing: a server whose space is used up takes it. It
     * must not be sent twice, and nobody can find out later whether it was applied.
     */
    TxnRequest unmarked() {
        return request(null, false, true);
    }

    /** Applies where the fence stands as it did; else tells what is there instead, for {@link #refusal}. */
    TxnRequest look() {
        return TxnRequest.newBuilder()
                .addCompare(Ops.modifiedAt(slot.key, fencedAt))
                .addFailure(Ops.get(keys.store()))
                .addFailure(Ops.get(slot.key))
                .build();
    }

    private TxnRequest request(Room.@Nullable Measured room, boolean marked, boolean telling) {
        used.clear();
        leases = false;
        TxnRequest.Builder request = TxnRequest.newBuilder().addCompare(Ops.modifiedAt(slot.key, fencedAt));
        if (fencedAt == 0) {
            request.addCompare(Ops.valueIs(keys.store(), incarnation.value()));
        }
        for (Guard guard : commit.guards()) {
            addGuard(guard, request);
        }
        if (room != null) {
            request.addCompare(Ops.noneCreatedAfter(directory, room.revision()));
        }
        boolean full = room != null && room.isFull();
        for (Change change : commit.changes()) {
            add(change, request, full);
        }
        // Who puts on the lease of a session is refused without it.
        if (session != null && (telling || !leases)) {
            request.addCompare(Ops.present(session.key()));
        }
        if (!full) {
            if (marked) {
                request.addSuccess(Ops.put(slot.key, mark, slot.client.lease));
            }
            addReply(request);
        }
        if (telling) {
            addLooks(request);
        }
        return request.build();
    }

    private void addGuard(Guard guard, TxnRequest.Builder request) {
        Place place = placing.of(guard.name());
        if (guard instanceof Guard.At at) {
            request.addCompare(Ops.modifiedAt(place.key(), incarnation.etcdRevision(at.revision())));
        } else if (guard instanceof Guard.Created created) {
            request.addCompare(Ops.createdAt(place.key(), incarnation.etcdRevision(created.revision())));
        } else if (guard instanceof Guard.Absent) {
            place.absentFromSlots(request);
            request.addCompare(Ops.absent(placing.plain(guard.name())));
        } else {
            place.pin(request);
            request.addCompare(Ops.present(place.key()));
        }
    }

    private void add(Change change, TxnRequest.Builder request, boolean full) {
        if (change instanceof Change.Append append) {
            addAppend(append, request, full);
            return;
        }
        Boolean there = guarded.get(change.name());
        Place place = place(change, there);
        if (place.slot() != null) {
            looked.add(change.name());
            // A guard has said already which entry is meant.
            if (there == null) {
                place.pin(request);
            }
        }
        used.add(place.key());
        if (change instanceof Change.Put put) {
            addPut(put, place, request, full);
        } else if (!full) {
            request.addSuccess(Ops.delete(place.key()));
        }
    }

    private Place place(Change change, @Nullable Boolean there) {
        if (there == null) {
            return change instanceof Change.Put ? placing.ofPut(change.name()) : placing.of(change.name());
        }
        return there ? placing.of(change.name()) : placing.absent(change.name());
    }

    private void addAppend(Change.Append append, TxnRequest.Builder request, boolean full) {
        ByteString content = bytes(append.value());
        if (!append.owned()) {
            if (!full) {
                request.addSuccess(Ops.put(placing.plain(append.name()), content, 0));
            }
            return;
        }
        Place place = placing.free(append.name(), used);
        used.add(place.key());
        looked.add(append.name());
        request.addCompare(Ops.absent(place.key()));
        if (!full) {
            leases = true;
            request.addSuccess(Ops.put(place.key(), place.value(content), lease(true)));
        }
    }

    private void addPut(Change.Put put, Place place, TxnRequest.Builder request, boolean full) {
        Boolean there = place.inSlot() ? Boolean.TRUE : guarded.get(put.name());
        ByteString key = place.key();
        ByteString value = place.value(bytes(put.value()));
        if (put.owned()) {
            looked.add(put.name());
            boolean expected = there != null ? there : seen.contains(put.name());
            request.addCompare(expected ? Ops.leaseIs(key, lease(true)) : Ops.absent(key));
            if (!full) {
                leases |= !expected;
                request.addSuccess(expected ? Ops.putKeepingLease(key, value) : Ops.put(key, value, lease(true)));
            }
        } else if (full) {
            return;
        } else if (there != null) {
            request.addSuccess(there ? Ops.putKeepingLease(key, value) : Ops.put(key, value, 0));
        } else {
            request.addSuccess(Ops.op(TxnRequest.newBuilder()
                    .addCompare(Ops.absent(key))
                    .addSuccess(Ops.put(key, value, 0))
                    .addFailure(Ops.putKeepingLease(key, value))));
        }
    }

    private void addReply(TxnRequest.Builder request) {
        switch (commit.reply()) {
            case NOTHING -> {
                if (Room.mayAdd(commit)) {
                    request.addSuccess(Ops.op(Ops.count(directory)));
                }
            }
            case NAMES -> request.addSuccess(Ops.op(Ops.page(directory, namesWithoutValues())));
            case ENTRIES -> request.addSuccess(Ops.op(Ops.page(directory, false)));
        }
    }

    private void addLooks(TxnRequest.Builder request) {
        request.addFailure(Ops.get(keys.store())).addFailure(Ops.get(slot.key));
        if (session != null) {
            request.addFailure(Ops.look(session.key()));
        }
        for (String name : looked) {
            placing.look(name, request);
        }
        if (commit.reply() != Commit.Reply.NOTHING) {
            boolean keysOnly = commit.reply() == Commit.Reply.NAMES && namesWithoutValues();
            request.addFailure(Ops.op(Ops.page(directory, keysOnly)));
        }
    }

    /** The names of what lies in slots are in the values; where some lie is known by those that the commit names. */
    private boolean namesWithoutValues() {
        return looked.stream().noneMatch(Slots::isAppended);
    }

    private long lease(boolean owned) {
        return owned && session != null ? session.lease() : 0;
    }

    private static ByteString bytes(Bytes value) {
        return UnsafeByteOperations.unsafeWrap(value.toByteArray());
    }

    /** What a transaction that did not apply found, and so why. */
    Refusal refusal(TxnResponse response) {
        List<ResponseOp> found = response.getResponsesList();
        List<KeyValue> store = found.get(0).getResponseRange().getKvsList();
        if (store.isEmpty() || !store.get(0).getValue().equals(incarnation.value())) {
            return new Refusal.OtherStore();
        }
        KeyValue fence = only(found.get(1));
        if (fence != null && fence.getValue().equals(mark)) {
            return new Refusal.AppliedBefore(fence.getModRevision());
        }
        if ((fence == null ? 0 : fence.getModRevision()) != fencedAt) {
            return new Refusal.Fenced(fence == null);
        }
        int next = 2;
        if (session != null && only(found.get(next++)) == null) {
            return new Refusal.SessionEnded();
        }
        Map<String, @Nullable KeyValue> entries = new HashMap<>();
        placing.forgetTaken();
        for (String name : looked) {
            entries.put(
                    name, placing.learn(name, found, next, response.getHeader().getRevision()));
            next += placing.looks(name);
        }
        for (Guard guard : commit.guards()) {
            if (!holds(guard, entries.get(guard.name()))) {
                return new Refusal.GuardFailed(guard);
            }
        }
        return owners(entries);
    }

    /** All else held, so an owned put was wrong about its entry, or the directory has grown meanwhile. */
    private Refusal owners(Map<String, @Nullable KeyValue> entries) {
        Set<String> there = new LinkedHashSet<>();
        for (Change change : commit.changes()) {
            KeyValue entry = entries.get(change.name());
            if (change instanceof Change.Put put && put.owned() && entry != null) {
                if (entry.getLease() != lease(true)) {
                    return new Refusal.WrongOwner(put.name());
                }
                there.add(put.name());
            }
        }
        return new Refusal.Again(there);
    }

    private boolean holds(Guard guard, @Nullable KeyValue entry) {
        if (guard instanceof Guard.Absent) {
            return entry == null;
        }
        if (entry == null) {
            return false;
        }
        if (guard instanceof Guard.At at) {
            return entry.getModRevision() == incarnation.etcdRevision(at.revision());
        }
        return !(guard instanceof Guard.Created created)
                || entry.getCreateRevision() == incarnation.etcdRevision(created.revision());
    }

    static @Nullable KeyValue only(ResponseOp response) {
        RangeResponse range = response.getResponseRange();
        return range.getKvsCount() == 0 ? null : range.getKvs(0);
    }

    /** Why a transaction did not apply. */
    sealed interface Refusal {
        record OtherStore() implements Refusal {}

        /** It did, when it came before. */
        record AppliedBefore(long etcdRevision) implements Refusal {}

        /** It was settled, or the client's fences have gone with their lease. */
        record Fenced(boolean gone) implements Refusal {}

        record SessionEnded() implements Refusal {}

        record GuardFailed(Guard guard) implements Refusal {}

        record WrongOwner(String name) implements Refusal {}

        /** What was assumed was wrong: these entries of owned puts are there. */
        record Again(Set<String> there) implements Refusal {}
    }
}
