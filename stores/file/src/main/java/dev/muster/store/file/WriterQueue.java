package dev.muster.store.file;

import dev.muster.host.SharedWords;
import dev.muster.host.Turnstile;
import java.time.Duration;

/**
 * Where the processes that write line up, as long as there are several at a time. SQLite lets those who find its lock
 * taken sleep and try again, and so starves them beside one who does not sleep; yet a queue costs two locks a commit,
 * which a process alone need not pay. So whoever finds the lock taken advises all to queue for a while.
 */
final class WriterQueue {

    /** How long an advice is good for. */
    private static final long ADVICE = Duration.ofMillis(20).toNanos();

    /** How long to stand in the queue at most: who was stopped in it must not keep others from a lock that is free. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Turnstile turnstile;
    private final SharedWords words;

    WriterQueue(Turnstile turnstile, SharedWords words) {
        this.turnstile = turnstile;
        this.words = words;
    }

    boolean isAdvised() {
        return words.isWithin(StoreFiles.ADVISED, ADVICE);
    }

    void advise() {
        words.set(StoreFiles.ADVISED, System.nanoTime());
    }

    /** Waits for this process's turn. Answers whether it has it, so that it must {@link #leave}. */
    boolean enter(Duration atMost) {
        return turnstile.enter(atMost.compareTo(LONGEST) < 0 ? atMost : LONGEST);
    }

    void leave() {
        turnstile.leave();
    }

    /** To be called before and after each commit. */
    void count() {
        words.increment(StoreFiles.COMMITS);
    }
}
