package dev.muster.store.redis;

import dev.muster.store.Nonce;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * This client as the server knows it. Each of its commits that is under way has a slot, where the server notes that it was
 * applied: so that a lost reply can be made up for. The slot is free again when the outcome is known.
 */
final class Client {

    final String id = Nonce.next().toString();

    /** The fields of the store's hash that are this client's: its epoch, and its last commit. */
    final byte[] epochField = Resp.bytes("e" + id);

    final byte[] lastField = Resp.bytes("l" + id);

    private final AtomicLong epochs = new AtomicLong();
    private final AtomicLong highest = new AtomicLong();
    private final Deque<Integer> free = new ArrayDeque<>();
    private volatile int slots;

    long nextEpoch() {
        return epochs.incrementAndGet();
    }

    /** Takes note of a revision that the server told. */
    void saw(long revision) {
        long before = highest.get();
        while (revision > before && !highest.compareAndSet(before, revision)) {
            before = highest.get();
        }
    }

    /** The highest revision that this client knows of: a server that lost data must not go below it. */
    long highest() {
        return highest.get();
    }

    synchronized int takeSlot() {
        Integer slot = free.pollFirst();
        return slot == null ? slots++ : slot;
    }

    synchronized void freeSlot(int slot) {
        free.addFirst(slot);
    }

    /** Where the store notes a commit of this slot. */
    String slotField(int slot) {
        return "k" + id + ":" + slot;
    }

    /** The highest slot that was ever taken. */
    int topSlot() {
        return slots - 1;
    }
}
