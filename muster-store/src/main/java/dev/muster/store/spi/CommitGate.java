package dev.muster.store.spi;

import java.util.concurrent.atomic.AtomicInteger;

/** Lets the commits of a session in until it ends, and its end wait for those under way: a moment, as no I/O is in it. */
public final class CommitGate {

    /** Commits under way; negative once closed. */
    private final AtomicInteger underway = new AtomicInteger();

    /** Lets a commit in, unless the gate is closed. Each that got in must {@link #exit}. */
    public boolean enter() {
        int count;
        do {
            count = underway.get();
            if (count < 0) {
                return false;
            }
        } while (!underway.compareAndSet(count, count + 1));
        return true;
    }

    public void exit() {
        underway.decrementAndGet();
    }

    /** Lets no more in, and returns when all are out. To be called once. */
    public void close() {
        underway.addAndGet(Integer.MIN_VALUE);
        while (underway.get() != Integer.MIN_VALUE) {
            Thread.onSpinWait();
        }
    }
}
