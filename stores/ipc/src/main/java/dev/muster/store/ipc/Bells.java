package dev.muster.store.ipc;

import dev.muster.host.Bell;
import dev.muster.host.SessionLocks;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What processes wake each other with: each that listens has a bell of its own while there are enough, so that only those
 * are woken who watch a shard. A set of bells is a word with a bit each.
 */
final class Bells implements AutoCloseable {

    private static final int BELLS = 64;

    /** The last one is for all who came when the others were taken. */
    private static final int SHARED = BELLS - 1;

    private final Path folder;
    private final SessionLocks locks;
    private final Runnable listener;
    private final AtomicReferenceArray<@Nullable Bell> opened = new AtomicReferenceArray<>(BELLS);

    private SessionLocks.@Nullable Claim own;
    private volatile long bit;
    private boolean closed;

    /** @param listener called on each ring, from {@link #listen} on: short */
    Bells(Path folder, SessionLocks locks, Runnable listener) {
        this.folder = folder;
        this.locks = locks;
        this.listener = listener;
    }

    /** Starts listening, once. Answers the bell of this process. */
    synchronized long listen() {
        if (bit == 0 && !closed) {
            int number = claim();
            bell(number).listen(listener);
            bit = 1L << number;
        }
        return bit;
    }

    private int claim() {
        for (int number = 0; number < SHARED; number++) {
            own = locks.tryClaim(number);
            if (own != null) {
                return number;
            }
        }
        return SHARED;
    }

    /** The bell of this process, 0 before it listens. */
    long bit() {
        return bit;
    }

    /** Our own bell where nobody else listens to it, else 0: rings of our own need not wake us. */
    long exclusive() {
        return bit == 1L << SHARED ? 0 : bit;
    }

    void ring(long bells) {
        for (long left = bells; left != 0; left &= left - 1) {
            bell(Long.numberOfTrailingZeros(left)).ring();
        }
    }

    private Bell bell(int number) {
        Bell bell = opened.get(number);
        return bell != null ? bell : open(number);
    }

    private synchronized Bell open(int number) {
        Bell bell = opened.get(number);
        if (bell == null) {
            bell = Bell.open(folder.resolve(Integer.toString(number)));
            opened.set(number, bell);
        }
        return bell;
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (int number = 0; number < BELLS; number++) {
            Bell bell = opened.get(number);
            if (bell != null) {
                bell.close();
            }
        }
        if (own != null) {
            own.close();
        }
    }
}
