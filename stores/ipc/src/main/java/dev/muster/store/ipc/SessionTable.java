package dev.muster.store.ipc;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * The sessions of a store, a slot each. An owner is a number: the session's incarnation, which is never used again, and
 * its slot. The slot's word says which owner has it and whether that lives or has ended; beside it stand the shards in
 * which the session may own entries, so that its end need look nowhere else.
 */
final class SessionTable {

    /** Lower numbers are left for other locks in the same file. */
    static final long FIRST_INCARNATION = 1024;

    private static final int SLOT_BITS = 12;
    private static final int SHARDS = 8;
    private static final long FREE = 0;
    private static final int ALIVE = 1;
    private static final int ENDED = 2;
    private static final int OPENING = 3;

    private final ByteBuffer memory;
    private final int base;
    private final int line;
    private final int slots;
    private final int used;

    /** @param used where the memory says how many slots were ever taken: the others need not be looked at */
    SessionTable(ByteBuffer memory, int used, int base, int line, int slots) {
        this.memory = memory;
        this.used = used;
        this.base = base;
        this.line = line;
        this.slots = slots;
    }

    /** Which lock tells whether the owner lives. */
    static long incarnation(long owner) {
        return owner >>> SLOT_BITS;
    }

    /** Answers the owner, or -1 where all slots are taken. The incarnation's lock is held already. */
    long open(long incarnation) {
        for (int slot = 0; slot < slots; slot++) {
            int at = base + slot * line;
            long owner = incarnation << SLOT_BITS | slot;
            if (Words.get(memory, at) == FREE && Words.compareAndSet(memory, at, FREE, word(owner, OPENING))) {
                Words.raise(memory, used, slot + 1);
                for (int word = 0; word < Control.SHARDS / 64; word++) {
                    Words.set(memory, at + SHARDS + word * 8, 0);
                }
                Words.set(memory, at, word(owner, ALIVE));
                return owner;
            }
        }
        return -1;
    }

    boolean isAlive(long owner) {
        return Words.get(memory, at(owner)) == word(owner, ALIVE);
    }

    /** Records the end: true from the first time until all is done and the slot is free. */
    boolean end(long owner) {
        int at = at(owner);
        return Words.compareAndSet(memory, at, word(owner, ALIVE), word(owner, ENDED))
                || Words.compareAndSet(memory, at, word(owner, OPENING), word(owner, ENDED))
                || Words.get(memory, at) == word(owner, ENDED);
    }

    /** Frees the slot of an ended owner, of whose entries nothing is left. */
    void free(long owner) {
        Words.compareAndSet(memory, at(owner), word(owner, ENDED), FREE);
    }

    /** Notes, before it happens, that the owner may own entries in this shard. */
    void touch(long owner, int shard) {
        Words.getAndOr(memory, at(owner) + SHARDS + (shard >>> 6) * 8, 1L << (shard & 63));
    }

    boolean touches(long owner, int shard) {
        return (Words.get(memory, at(owner) + SHARDS + (shard >>> 6) * 8) & 1L << (shard & 63)) != 0;
    }

    /** The owners whose end is not recorded. */
    void forEachAlive(LongConsumer action) {
        forEach(false, action);
    }

    /** The owners whose end is recorded, but of whom something may be left. */
    void forEachEnded(LongConsumer action) {
        forEach(true, action);
    }

    private void forEach(boolean ended, LongConsumer action) {
        long end = Math.min(slots, Words.get(memory, used));
        for (int slot = 0; slot < end; slot++) {
            long word = Words.get(memory, base + slot * line);
            if (word != FREE && ended == ((word & 3) == ENDED)) {
                action.accept(word >>> 2);
            }
        }
    }

    private int at(long owner) {
        return base + (int) (owner & (1 << SLOT_BITS) - 1) * line;
    }

    private static long word(long owner, int state) {
        return owner << 2 | state;
    }
}
