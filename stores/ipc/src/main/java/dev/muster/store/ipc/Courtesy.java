package dev.muster.store.ipc;

import java.util.concurrent.TimeUnit;

/**
 * Keeps one process from being last for ever. Who commits to a log without a pause may stay ahead of one that has much to
 * read, for instance since it has just started. So who lags asks for a moment, and the others give way before their next
 * commit: until it has done its work, or for {@link #PATIENCE} at most, since it may have been killed or stopped.
 */
final class Courtesy {

    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(1);

    private final Control control;
    private final int shard;

    /** Until when we asked for, 0 where we did not. */
    private long asked;

    Courtesy(Control control, int shard) {
        this.control = control;
        this.shard = shard;
    }

    /** Asks for a moment, or for another one. One thread at a time. */
    void ask() {
        long now = System.nanoTime();
        if (asked == 0 || asked - now < PATIENCE / 2) {
            asked = now + PATIENCE;
            control.want(shard, asked);
        }
    }

    /** Needs it no more. By the thread that asked. */
    void thank() {
        if (asked != 0) {
            control.unwant(shard, asked);
            asked = 0;
        }
    }

    /** Lets one that asked go first. */
    void giveWay() {
        long until = control.wanted(shard);
        if (until != 0) {
            giveWay(until);
        }
    }

    /** Yields: the other one may wait for this processor. A few thousand times at most. */
    @SuppressWarnings("ThreadPriorityCheck")
    private void giveWay(long until) {
        long left = until - System.nanoTime();
        // More than there is patience is no time of this host's clock: that of another container, perhaps.
        while (left > 0 && left <= PATIENCE && control.wanted(shard) == until) {
            Thread.yield();
            left = until - System.nanoTime();
        }
        if (left <= 0 || left > PATIENCE) {
            control.unwant(shard, until);
        }
    }
}
